import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { plainAddress } from '#http/client-address.js';
import type { RequestFieldNames } from '../headers/request-field.js';
import { firstField, type RequestFields, readRequestFields } from '../headers/request-fields.js';
import type { AnswerFields } from '../http1/answer-fields.js';
import { type BatchedWriter, writeWithBatch } from '../http1/write-batch.js';
import type { BodyFault, Caller, CallerListener } from './caller.js';
import { ClientPace, type PaceLimits } from './client-pace.js';
import { type WatchedCall, watchLasting } from './lasting-calls.js';

/** After an early answer the rest of a request's body is read for so long, so that the client can read the answer. */
const LINGER_MS = 10_000;
/** Largest body that is joined to its head. */
const JOINED_BYTES = 8_192;

const CALLER = Symbol('caller');

/** A request that knows who carries its call. */
interface CarriedRequest extends IncomingMessage {
  [CALLER]?: NodeHttpCaller;
}

/** The parser of node:http gave a body up, of which the request does not tell. @returns whether its call answers for that */
export function failBody(request: CarriedRequest, fault: BodyFault): boolean {
  return request[CALLER]?.failBody(fault) === true;
}

export interface NodeHttpOwner {
  readonly stopping: boolean;
  readonly bodyPace: PaceLimits;
}

/** A call that node:http carried. */
export class NodeHttpCaller implements Caller, WatchedCall, BatchedWriter {
  readonly method: string;
  readonly target: string;
  readonly plainPathEnd = -1;
  readonly fields: readonly string[];
  readonly peer: string;
  readonly webSocket = null;
  readonly #request: CarriedRequest;
  readonly #response: ServerResponse;
  readonly #owner: NodeHttpOwner;
  #expectsContinue: boolean;
  #listener: CallerListener | null = null;
  #bodyStarted = false;
  #bodyFaulty = false;
  #pace: ClientPace | null = null;
  #finished = false;
  /** First part of the answer, until it is known whether it is also the last: then head and body are one write. */
  #held: Buffer | null = null;
  #flushed = false;
  /** Body of an answer that goes out with this turn's batch. */
  #whole = '';

  /** @param expectsContinue the client holds its body back until it hears `100 Continue` */
  constructor(request: IncomingMessage, response: ServerResponse, expectsContinue: boolean, owner: NodeHttpOwner) {
    this.method = request.method as string;
    this.target = request.url as string;
    this.fields = request.rawHeaders;
    this.peer = plainAddress(request.socket.remoteAddress ?? '');
    this.#request = request;
    this.#request[CALLER] = this;
    this.#response = response;
    this.#expectsContinue = expectsContinue;
    this.#owner = owner;
  }

  get httpVersion(): string {
    return this.#request.httpVersion;
  }

  get secure(): boolean {
    return (this.#request.socket as TLSSocket).encrypted === true;
  }

  listen(listener: CallerListener): void {
    this.#listener = listener;
    if (this.#response.destroyed) {
      listener.onGone();
      return;
    }
    const unwatch = watchLasting(this);
    this.#response.on('close', () => {
      unwatch();
      if (!this.#finished) listener.onGone();
    });
  }

  onLasting(): void {
    if (!this.#finished) this.#listener?.onLasting();
  }

  onSecond(): void {
    const { socket } = this.#request;
    if (!this.#bodyStarted || this.#finished || this.#request.complete || this.#request.isPaused()) this.#pace = null;
    else {
      this.#pace ??= new ClientPace(this.#owner.bodyPace, socket.bytesRead);
      if (this.#pace.tick(socket.bytesRead)) this.failBody('slow');
    }
  }

  /** @returns false: there is nobody (any more) who could answer for it */
  failBody(fault: BodyFault): boolean {
    if (this.#bodyFaulty || this.#finished || this.#listener === null) return false;
    this.#bodyFaulty = true;
    this.#listener.onRequestFault(fault);
    return true;
  }

  startBody(): void {
    if (this.#bodyStarted) {
      this.resumeBody();
      return;
    }
    this.#bodyStarted = true;
    if (this.#expectsContinue) {
      this.#expectsContinue = false;
      this.#response.writeContinue();
    }
    // Once the answer is complete, what still comes is read and dropped.
    this.#request.on('data', (part: Buffer) => this.#finished || this.#listener?.onRequestPart(part));
    this.#request.on('end', () => this.#finished || this.#listener?.onRequestEnd(this.#request.rawTrailers));
    // A broken upload is heard of through the response's `close`.
    this.#request.on('error', () => undefined);
  }

  pauseBody(): void {
    this.#request.pause();
  }

  resumeBody(): void {
    this.#request.resume();
  }

  sendInformation(status: number, fields: readonly string[]): void {
    // RFC 9110 §15.2: "A server MUST NOT send a 1xx response to an HTTP/1.0 client."
    if (this.#request.httpVersionMinor === 0 || this.#response.headersSent || status !== 103) return;
    const hints: Record<string, string[]> = {};
    for (let i = 0; i < fields.length; i += 2) {
      const name = (fields[i] as string).toLowerCase();
      hints[name] = [...(hints[name] ?? []), fields[i + 1] as string];
    }
    try {
      if (hints.link) this.#response.writeEarlyHints(hints as { link: string[] });
    } catch {
      // Node knows fewer forms of Link than there are; an interim answer may be left out (RFC 9110 §15.2).
    }
  }

  field(name: string): string | undefined {
    return firstField(this.fields, name);
  }

  readFields(names: RequestFieldNames): RequestFields {
    return readRequestFields(this.fields, names);
  }

  sendWhole(status: number, reason: string, fields: AnswerFields, body: string): void {
    this.#writeHead(status, reason, fields);
    this.#finished = true;
    this.#whole = body;
    writeWithBatch(this);
  }

  writeBatched(): void {
    this.#response.end(this.#whole, 'latin1');
    this.#dropRest();
  }

  sendHead(status: number, reason: string, fields: AnswerFields): void {
    this.#writeHead(status, reason, fields);
    // What has come by the end of this turn goes out together; an event stream's head goes even where no event has come yet.
    process.nextTick(NodeHttpCaller.#flush, this);
  }

  #writeHead(status: number, reason: string, { list }: AnswerFields): void {
    const fields = this.#mustClose() ? [...list, 'Connection', 'close'] : (list as string[]);
    if (reason === '') this.#response.writeHead(status, fields);
    else this.#response.writeHead(status, reason, fields);
  }

  sendPart(part: Buffer): boolean {
    if (!this.#flushed && this.#held === null) {
      this.#held = part;
      return true;
    }
    this.#writeHeld();
    if (this.#response.write(part)) return true;
    this.#response.once('drain', () => this.#listener?.onDrained());
    return false;
  }

  get keepsParts(): boolean {
    return this.#held !== null || this.#response.writableLength > 0 || this.#request.socket.writableLength > 0;
  }

  finish(trailers: readonly [string, string][]): void {
    this.#finished = true;
    if (trailers.length > 0) this.#response.addTrailers(trailers as [string, string][]);
    const held = this.#held;
    if (held === null) this.#response.end();
    // A short body is joined to the head as text: one write in place of two.
    else if (held.length <= JOINED_BYTES) this.#response.end(held.toString('latin1'), 'latin1');
    else this.#response.end(held);
    this.#dropRest();
  }

  static #flush(caller: NodeHttpCaller): void {
    caller.#flushed = true;
    if (caller.#finished || caller.#response.destroyed) return;
    if (caller.#held === null) caller.#response.flushHeaders();
    else caller.#writeHeld();
  }

  #writeHeld(): void {
    if (this.#held === null) return;
    this.#response.write(this.#held);
    this.#held = null;
  }

  answer(status: number, fields: string[], body: string | null): void {
    if (this.#response.headersSent) {
      this.cut();
      return;
    }
    this.#finished = true;
    if (this.#mustClose()) fields.push('Connection', 'close');
    this.#response.writeHead(status, fields);
    this.#response.end(body ?? undefined);
    this.#dropRest();
  }

  cut(): void {
    this.#finished = true;
    const { socket } = this.#request;
    // An HTTP/1.0 body ends where its connection does: only a reset tells it from a complete one.
    if (this.#request.httpVersionMinor === 0) socket.resetAndDestroy();
    else socket.destroy();
  }

  /** A client that still waits for `100 Continue` may or may not send its body: what follows on the connection is not knowable. */
  #mustClose(): boolean {
    return this.#owner.stopping || this.#expectsContinue || this.#bodyFaulty;
  }

  #dropRest(): void {
    if (this.#request.complete || this.#expectsContinue) return;
    this.#request.resume();
    const { socket } = this.#request;
    const timer = setTimeout(() => socket.destroy(), LINGER_MS).unref();
    this.#request.once('close', () => clearTimeout(timer));
  }
}
