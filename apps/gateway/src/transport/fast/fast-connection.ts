import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { plainAddress } from '#http/client-address.js';
import type { RequestFieldNames } from '../../headers/request-field.js';
import { type BatchedWriter, writeWithBatch } from '../../http1/write-batch.js';
import { ClientPace, type PaceLimits } from '../client-pace.js';
import { type CallerConnection, FastCaller } from './fast-caller.js';
import { offerReads } from './first-reads.js';
import { type PlainRequest, readPlainRequest } from './plain-request.js';

/** Seconds. The same limits as node:http has here. */
const FIRST_REQUEST = 20;
const IDLE = 75;
const WHOLE_REQUEST = 900;
/** After an early answer the rest of a request's body is read for so long, so that the client can read the answer. */
const LINGER = 10;
/** Bytes of further requests that are read while one is in progress; read at all, so that a client that leaves is noticed. */
const MOST_AHEAD = 65_536;

export interface FastConnectionOwner {
  /** Seconds, coarse. */
  readonly now: number;
  readonly stopping: boolean;
  readonly fieldNames: RequestFieldNames;
  readonly bodyPace: PaceLimits;
  serve(caller: FastCaller): void;
  /** Gives a connection, and what came on it unread, to node:http for good. */
  handOver(socket: Socket, unread: Buffer): void;
  refuseLate(socket: Socket): void;
  onClosed(connection: FastConnection): void;
}

/** One connection of a client as long as it brings plain requests; one call at a time. */
export class FastConnection implements CallerConnection, BatchedWriter {
  readonly peer: string;
  readonly secure: boolean;
  readonly #socket: Socket;
  readonly #owner: FastConnectionOwner;
  readonly #endOffers: () => void;
  #caller: FastCaller | null = null;
  /** Bytes of the current request's body that have not come. */
  #bodyLeft = 0;
  #bodyStarted = false;
  #bodyPaused = false;
  #bodyEnded = false;
  /** The rest of the body will not come. */
  #bodyFaulty = false;
  /** While more of the body is waited for, as the clock finds it. */
  #pace: ClientPace | null = null;
  /** Parts of the body that came before they were wanted. */
  #heldBody: Buffer[] = [];
  /** What came behind the current request. */
  #ahead: Buffer | null = null;
  /** Second at which patience ends; 0: no wait for the client. */
  #deadline: number;
  #served = false;
  #closed = false;
  /** The last answer is written. */
  #ending = false;
  /** An answer that goes out with this turn's batch. */
  #whole: string | null = null;

  constructor(socket: Socket, owner: FastConnectionOwner) {
    this.#socket = socket;
    this.#owner = owner;
    this.secure = (socket as TLSSocket).encrypted === true;
    this.peer = plainAddress(socket.remoteAddress ?? '');
    this.#deadline = owner.now + FIRST_REQUEST;
    this.#endOffers = offerReads(socket, this.#takeRequest);
    socket.on('data', this.#onData);
    socket.on('drain', this.#onDrain);
    socket.on('end', this.#onEnd);
    socket.on('error', this.#onGone);
    socket.on('close', this.#onGone);
  }

  get open(): boolean {
    return !this.#closed;
  }

  get idle(): boolean {
    return this.#caller === null && this.#ahead === null && !this.#ending;
  }

  get lastAnswer(): boolean {
    return this.#owner.stopping || this.#bodyFaulty;
  }

  writeText(latin1: string): boolean {
    this.writeBatched();
    return this.#closed || this.#socket.write(latin1, 'latin1');
  }

  writeWhole(latin1: string): void {
    this.writeBatched();
    this.#whole = latin1;
    writeWithBatch(this);
  }

  writeBatched(): void {
    const whole = this.#whole;
    if (whole === null) return;
    this.#whole = null;
    if (!this.#closed) this.#socket.write(whole, 'latin1');
  }

  writeBytes(part: Buffer): boolean {
    this.writeBatched();
    return this.#closed || this.#socket.write(part);
  }

  get hasUnsent(): boolean {
    return this.#socket.writableLength > 0;
  }

  cork(): void {
    this.#socket.cork();
  }

  uncork(): void {
    this.#socket.uncork();
  }

  startBody(): void {
    this.#bodyStarted = true;
    this.resumeBody();
  }

  pauseBody(): void {
    this.#bodyPaused = true;
    if (this.#bodyLeft > 0) this.#socket.pause();
  }

  resumeBody(): void {
    if (this.#closed) return;
    this.#bodyPaused = false;
    const caller = this.#caller;
    while (this.#heldBody.length > 0 && !this.#bodyPaused && this.#caller === caller) {
      caller?.listener?.onRequestPart(this.#heldBody.shift() as Buffer);
    }
    if (this.#bodyPaused || this.#heldBody.length > 0 || this.#caller !== caller) return;
    if (this.#bodyLeft > 0) this.#socket.resume();
    else this.#endBody();
  }

  answered(close: boolean): void {
    if (this.#closed) return;
    if (close) this.writeBatched();
    this.#heldBody = [];
    if (close) {
      this.#ending = true;
      this.#caller = null;
      if (this.#bodyLeft === 0) this.#socket.destroySoon();
      else {
        this.#socket.end();
        this.#socket.resume();
      }
      this.#deadline = this.#owner.now + LINGER;
      return;
    }
    if (this.#bodyLeft > 0) {
      // The rest is read and dropped; then the next request may come.
      this.#deadline = this.#owner.now + LINGER;
      this.#socket.resume();
      return;
    }
    this.#next();
  }

  cut(): void {
    this.#close();
  }

  /** Called each second. */
  tick(now: number): void {
    const caller = this.#caller;
    caller?.tick();
    const late = this.#deadline !== 0 && now >= this.#deadline;
    if (caller !== null && this.#waitsForBody) {
      this.#pace ??= new ClientPace(this.#owner.bodyPace, this.#socket.bytesRead);
      if (this.#pace.tick(this.#socket.bytesRead) || late) {
        this.#bodyFaulty = true;
        caller.listener?.onRequestFault('slow');
      }
      return;
    }
    this.#pace = null;
    if (!late) return;
    const silent = caller === null && !this.#served && !this.#ending;
    const unanswered = caller !== null && !caller.headSent;
    if (silent || unanswered) {
      this.#detach();
      this.#socket.on('error', () => undefined);
      caller?.listener?.onGone();
      this.#owner.refuseLate(this.#socket);
    } else this.#close();
  }

  get #waitsForBody(): boolean {
    return this.#bodyLeft > 0 && this.#bodyStarted && !this.#bodyPaused && !this.#bodyFaulty && this.#caller?.finished === false;
  }

  /** Closes it at once, or where it is idle once what was written is sent. */
  destroy(): void {
    this.writeBatched();
    if (this.idle) this.#socket.destroySoon();
    else this.#close();
  }

  /** A request where one is waited for; bodies are the stream's, which can hold them back. */
  readonly #takeRequest = (bytes: Buffer): boolean => {
    if (this.#caller !== null || this.#ahead !== null || this.#bodyLeft > 0 || this.#ending) return false;
    this.#read(bytes);
    return true;
  };

  readonly #onData = (bytes: Buffer): void => {
    if (this.#ending) return;
    if (this.#bodyLeft > 0) this.#readBody(bytes);
    else if (this.#caller === null && this.#ahead === null) this.#read(bytes);
    else this.#keepAhead(bytes);
  };

  readonly #onDrain = (): void => {
    const caller = this.#caller;
    if (caller !== null && !caller.finished) caller.listener?.onDrained();
  };

  /** A client that closes its half before it has its answer is gone, as it is for node:http. */
  readonly #onEnd = (): void => {
    this.writeBatched();
    if (this.#caller !== null && !this.#caller.finished) this.#close();
    else this.#socket.destroySoon();
  };

  readonly #onGone = (): void => this.#close();

  #read(bytes: Buffer): void {
    const request = readPlainRequest(bytes, this.#owner.fieldNames);
    if (request === null) {
      this.#detach();
      this.#owner.handOver(this.#socket, bytes);
      return;
    }
    const rest = bytes.length - request.headEnd;
    this.#begin(request);
    if (rest > 0) this.#onData(bytes.subarray(request.headEnd));
    const caller = this.#caller as FastCaller | null;
    if (caller !== null) this.#owner.serve(caller);
  }

  #begin(request: PlainRequest): void {
    this.#caller = new FastCaller(request, this);
    this.#bodyLeft = request.bodyLength;
    this.#bodyStarted = false;
    this.#bodyPaused = false;
    this.#bodyEnded = false;
    this.#deadline = request.bodyLength > 0 ? this.#owner.now + WHOLE_REQUEST : 0;
  }

  #readBody(bytes: Buffer): void {
    const caller = this.#caller as FastCaller;
    const part = bytes.length > this.#bodyLeft ? bytes.subarray(0, this.#bodyLeft) : bytes;
    this.#bodyLeft -= part.length;
    if (part.length < bytes.length) this.#keepAhead(bytes.subarray(part.length));
    if (!caller.finished) {
      if (this.#bodyStarted && !this.#bodyPaused && this.#heldBody.length === 0) caller.listener?.onRequestPart(part);
      else {
        this.#heldBody.push(part);
        if (this.#bodyLeft > 0) this.#socket.pause();
      }
    }
    // The part may have brought the answer, and the end of the exchange with it.
    if (this.#closed || this.#caller !== caller || this.#bodyLeft > 0) return;
    if (caller.finished) {
      this.#next();
      return;
    }
    this.#deadline = 0;
    if (this.#bodyStarted && this.#heldBody.length === 0) this.#endBody();
  }

  #endBody(): void {
    const caller = this.#caller;
    if (caller === null || this.#bodyEnded) return;
    this.#bodyEnded = true;
    if (!caller.finished) caller.listener?.onRequestEnd();
  }

  #keepAhead(bytes: Buffer): void {
    this.#ahead = this.#ahead === null ? bytes : Buffer.concat([this.#ahead, bytes]);
    if (this.#ahead.length > MOST_AHEAD) this.#socket.pause();
  }

  /** The exchange is complete, both ways. */
  #next(): void {
    this.#caller = null;
    this.#served = true;
    this.#deadline = this.#owner.now + IDLE;
    if (this.#ahead !== null) {
      this.#socket.resume();
      // In a turn of its own: a client that sends a thousand requests ahead must not grow the stack.
      setImmediate(() => this.#readAhead());
    } else if (this.#owner.stopping) {
      this.writeBatched();
      this.#socket.destroySoon();
    }
  }

  #readAhead(): void {
    const ahead = this.#ahead;
    this.#ahead = null;
    if (ahead !== null && !this.#closed) this.#read(ahead);
  }

  #close(): void {
    if (this.#closed) return;
    const caller = this.#caller;
    this.#detach();
    this.#socket.on('error', () => undefined);
    this.#socket.destroy();
    if (caller !== null && !caller.finished) caller.listener?.onGone();
  }

  /** From now on this connection is not ours. */
  #detach(): void {
    this.writeBatched();
    this.#closed = true;
    const socket = this.#socket;
    this.#endOffers();
    socket.off('data', this.#onData);
    socket.off('drain', this.#onDrain);
    socket.off('end', this.#onEnd);
    socket.off('error', this.#onGone);
    socket.off('close', this.#onGone);
    this.#owner.onClosed(this);
  }
}
