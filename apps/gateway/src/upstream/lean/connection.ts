import type { Socket } from 'node:net';
import { type BatchedWriter, writeWithBatch } from '../../http1/write-batch.js';
import { decideRetry } from '../retry-decision.js';
import type { UpstreamFailure } from '../upstream-client.js';
import { AnswerReader } from './answer-reader.js';
import type { Connect } from './connector.js';
import type { Carrier, LeanExchange } from './lean-exchange.js';
import type { BytesTaker } from './plain-reads.js';
import { NO_TRAILERS, writeTrailers } from './request-trailers.js';
import { MalformedAnswerError } from './response-head.js';

export interface ConnectionOwner {
  /** Coarse clock, in ticks; and the time-outs in them. */
  readonly now: number;
  readonly connectTicks: number;
  readonly firstByteTicks: number;
  readonly silenceTicks: number;
  /** Tick from which on a connection that begins now is not used again. */
  readonly retirementTick: number;
  /** @param hint seconds for which the upstream keeps idle connections; 0: not known. @returns 0: do not keep it */
  idleTicks(hint: number): number;
  onIdle(connection: Connection): void;
  onClosed(connection: Connection): void;
  /** The connection became a WebSocket: its socket is somebody else's, and counts until it closes. */
  onGivenAway(connection: Connection, socket: Socket): void;
  /** Gives an exchange, of which the upstream has seen nothing, a new connection. */
  reopen(exchange: LeanExchange): void;
}

/**
 * One connection to an upstream, and the exchange that is on it. Strict: at the first surprise it is closed, and it is used again
 * only where request and answer are both complete and nothing is left over.
 */
export class Connection implements Carrier, BatchedWriter, BytesTaker {
  readonly #socket: Socket;
  readonly #owner: ConnectionOwner;
  readonly #answer = new AnswerReader();
  #exchange: LeanExchange | null;
  #connected = false;
  #closed = false;
  #paused = false;
  /** Whether an exchange was completed on it. */
  #served = false;
  /** Tick at which patience ends; 0: no wait for the upstream. */
  #deadline: number;
  #idleSince = 0;
  readonly #retirement: number;
  #headWritten = false;
  /** The socket is somebody else's. */
  #givenAway = false;
  /** Bytes of the request's body to come; -1: chunked; 0: complete. */
  #bodyLeft = 0;
  #bodyTaken = false;
  /** The upstream has answered before it had the body, and wants no more of it. */
  #refusesBody = false;

  /** @param connectEvent what the socket emits once it is connected */
  constructor(connect: Connect, connectEvent: 'connect' | 'secureConnect', owner: ConnectionOwner, exchange: LeanExchange) {
    const socket = connect(this);
    this.#socket = socket;
    this.#owner = owner;
    this.#exchange = exchange;
    exchange.carrier = this;
    this.#deadline = owner.now + owner.connectTicks;
    this.#retirement = owner.retirementTick;
    socket.once(connectEvent, () => {
      this.#connected = true;
      this.#sendHead();
    });
    socket.on('drain', () => this.#drained());
    socket.on('end', () => this.#ended());
    socket.on('error', (error) => this.#fail(reasonOf(error, this.#connected), error));
    socket.on('close', () => this.#fail('broken', new Error('The upstream closed the connection.')));
  }

  get idle(): boolean {
    return this.#exchange === null;
  }

  /** Tick since which it is idle. */
  get idleSince(): number {
    return this.#idleSince;
  }

  /** Carries another exchange. */
  carry(exchange: LeanExchange): void {
    this.#exchange = exchange;
    exchange.carrier = this;
    this.#sendHead();
  }

  write(part: Buffer): boolean {
    this.#bodyTaken = true;
    if (this.#refusesBody || this.#closed || part.length === 0) return true;
    const socket = this.#socket;
    let more: boolean;
    if (this.#bodyLeft === -1) {
      socket.cork();
      socket.write(`${part.length.toString(16)}\r\n`, 'latin1');
      socket.write(part);
      more = socket.write('\r\n', 'latin1');
      socket.uncork();
    } else if (part.length > this.#bodyLeft) {
      this.#fail('broken', new Error('The request has more body than it announced.'));
      return true;
    } else {
      this.#bodyLeft -= part.length;
      more = socket.write(part);
    }
    this.#waitForUpstream();
    return more;
  }

  end(trailers?: readonly string[]): void {
    if (this.#refusesBody || this.#closed) return;
    if (this.#bodyLeft > 0) {
      this.#fail('broken', new Error('The request has less body than it announced.'));
      return;
    }
    if (this.#bodyLeft === -1) this.#socket.write(trailers === undefined ? NO_TRAILERS : writeTrailers(trailers), 'latin1');
    this.#bodyLeft = 0;
    this.#waitForUpstream();
  }

  pause(): void {
    if (this.#closed) return;
    this.#paused = true;
    this.#deadline = 0;
    this.#socket.pause();
  }

  resume(): void {
    if (this.#closed || !this.#paused) return;
    this.#paused = false;
    this.#waitForUpstream();
    this.#socket.resume();
  }

  drop(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#exchange = null;
    this.#socket.destroy();
    this.#owner.onClosed(this);
  }

  /** Called at each tick of the owner's clock. */
  tick(now: number): void {
    if (this.#deadline === 0 || now < this.#deadline) return;
    if (this.#exchange === null) this.drop();
    else if (this.#connected) this.#fail('timeout', new Error('The upstream did not go on in time.'));
    else this.#fail('connect-timeout', new Error('The upstream could not be connected to in time.'));
  }

  #sendHead(): void {
    const exchange = this.#exchange;
    if (exchange === null) return;
    const { text, bodyLength, webSocket } = exchange.head;
    const socket = this.#socket;
    this.#bodyLeft = bodyLength;
    this.#bodyTaken = false;
    this.#refusesBody = false;
    this.#headWritten = bodyLength !== 0;
    this.#answer.begin(exchange.method, webSocket);
    if (bodyLength === 0) writeWithBatch(this);
    else {
      // A short body that is at hand goes out with its head.
      socket.cork();
      socket.write(text, 'latin1');
      setImmediate(Connection.#uncork, socket);
      process.nextTick(Connection.#askForBody, exchange);
    }
    this.#waitForUpstream();
  }

  writeBatched(): void {
    if (this.#closed || this.#exchange === null) return;
    this.#headWritten = true;
    this.#socket.write(this.#exchange.head.text, 'latin1');
  }

  static #uncork(socket: Socket): void {
    socket.uncork();
  }

  static #askForBody(exchange: LeanExchange): void {
    exchange.askForBody();
  }

  /** Patience is for the upstream alone: while the client has to go on, or takes its time, no clock runs here. */
  #waitForUpstream(): void {
    const clientsTurn = this.#paused || (this.#bodyLeft !== 0 && !this.#answer.began && !this.#socket.writableNeedDrain);
    const { now, firstByteTicks, silenceTicks } = this.#owner;
    this.#deadline = clientsTurn ? 0 : now + (this.#answer.began ? silenceTicks : firstByteTicks);
  }

  #drained(): void {
    if (this.#exchange === null || this.#bodyLeft === 0) return;
    this.#waitForUpstream();
    if (!this.#refusesBody) this.#exchange.askForBody();
  }

  get partsKeeper(): LeanExchange | null {
    return this.#answer.began ? this.#exchange : null;
  }

  take(bytes: Buffer, length: number, lasting: boolean): boolean {
    // What follows a switch of protocols is read from the socket by who has it now; a socket that reads into itself has it already.
    if (this.#givenAway) return this.#socket.push(Buffer.from(bytes.subarray(0, length)));
    this.#read(bytes, length, lasting);
    return !this.#paused;
  }

  #read(bytes: Buffer, length: number, lasting: boolean): void {
    const exchange = this.#exchange;
    // Nothing was asked: whatever this is, it must not become the answer to somebody's request.
    if (exchange === null || !this.#headWritten) {
      this.#fail('broken', new MalformedAnswerError('Bytes came that were not asked for.'));
      return;
    }
    try {
      const rest = this.#answer.read(bytes, length, exchange, lasting);
      if (this.#closed) return;
      if (this.#answer.switched !== null) this.#giveAway(this.#answer.switched, Buffer.from(bytes.subarray(rest, length)));
      else if (rest >= 0) this.#complete(rest === length);
      else {
        if (this.#answer.began && this.#bodyLeft !== 0 && this.#answer.isRefusal) this.#refusesBody = true;
        this.#waitForUpstream();
      }
    } catch (error) {
      this.#fail('broken', error as Error);
    }
  }

  /** The connection is no longer ours: what it still tells us means nothing. */
  #giveAway(fields: string[], unread: Buffer): void {
    const exchange = this.#exchange as LeanExchange;
    this.#closed = true;
    this.#exchange = null;
    exchange.carrier = null;
    this.#owner.onGivenAway(this, this.#socket);
    this.#givenAway = true;
    this.#socket.removeAllListeners('data').pause();
    exchange.onSwitch(fields, this.#socket, unread);
  }

  #ended(): void {
    if (this.#exchange !== null && this.#answer.endsWithConnection) this.#complete(false);
    else this.#fail('broken', new Error('The upstream closed the connection.'));
  }

  #complete(clean: boolean): void {
    const exchange = this.#exchange as LeanExchange;
    const { head, keepAlive, keepAliveHint, trailers, whole } = this.#answer;
    this.#exchange = null;
    this.#headWritten = false;
    exchange.carrier = null;
    const reusable = clean && keepAlive && this.#bodyLeft === 0 && this.#socket.writableLength === 0 && this.#owner.now < this.#retirement;
    const idleTicks = reusable ? this.#owner.idleTicks(keepAliveHint) : 0;
    if (idleTicks === 0) this.drop();
    else {
      this.#served = true;
      this.#idleSince = this.#owner.now;
      this.#deadline = this.#idleSince + idleTicks;
      if (this.#paused) {
        this.#paused = false;
        this.#socket.resume();
      }
      this.#owner.onIdle(this);
    }
    if (head !== null && whole !== null) exchange.onWhole(head, whole);
    else exchange.onEnd(trailers);
  }

  #fail(reason: UpstreamFailure['reason'], error: Error & { syscall?: string }): void {
    const exchange = this.#exchange;
    if (this.#closed) return;
    const untouched = !this.#answer.touched && !this.#bodyTaken;
    // The system took nothing of a head whose write failed: there was no other write before it in this exchange.
    const unsent = !this.#headWritten || (untouched && exchange?.head.bodyLength === 0 && error.syscall === 'write');
    this.drop();
    if (exchange === null) return;
    // BEHAVIOURS 84: a connection that was found dead when it was used again says nothing about the upstream.
    if (this.#served && reason === 'broken' && untouched && !exchange.reopened) {
      const attempt = {
        method: exchange.method,
        hasBody: exchange.head.bodyLength !== 0,
        attemptsLeft: 1,
        answerBegan: false,
        failure: { reason, sent: !unsent },
      };
      if (decideRetry(attempt).retry) {
        exchange.reopened = true;
        this.#owner.reopen(exchange);
        return;
      }
    }
    exchange.fail({ reason, sent: !unsent, error });
  }
}

function reasonOf(error: Error & { code?: string }, connected: boolean): UpstreamFailure['reason'] {
  if (connected) return 'broken';
  switch (error.code) {
    case 'ETIMEDOUT':
      return 'connect-timeout';
    case 'ECONNREFUSED':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'unreachable';
    default:
      return 'broken';
  }
}
