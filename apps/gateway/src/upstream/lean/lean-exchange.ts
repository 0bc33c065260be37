import type { Socket } from 'node:net';
import type { UpstreamExchange, UpstreamFailure, UpstreamHead, UpstreamListener } from '../upstream-client.js';
import type { AnswerSink } from './answer-reader.js';
import type { PartsKeeper } from './plain-reads.js';
import type { RequestHead } from './request-head.js';

/** What an exchange asks of the connection that carries it. */
export interface Carrier {
  write(part: Buffer): boolean;
  end(trailers?: readonly string[]): void;
  pause(): void;
  resume(): void;
  /** Closes the connection; its exchange hears nothing more. */
  drop(): void;
}

/** One request on its way. It outlives its connection: a second one may carry it where the first had died while it was idle. */
export class LeanExchange implements UpstreamExchange, AnswerSink, PartsKeeper {
  carrier: Carrier | null = null;
  /** Has been on a connection that was dead, and is on its second. */
  reopened = false;
  readonly #listener: UpstreamListener;
  #aborted = false;

  constructor(
    readonly method: string,
    readonly head: RequestHead,
    listener: UpstreamListener,
  ) {
    this.#listener = listener;
  }

  write(part: Buffer): boolean {
    return this.carrier === null || this.carrier.write(part);
  }

  end(trailers?: readonly string[]): void {
    this.carrier?.end(trailers);
  }

  pause(): void {
    this.carrier?.pause();
  }

  resume(): void {
    this.carrier?.resume();
  }

  abort(): void {
    this.#aborted = true;
    this.carrier?.drop();
    this.carrier = null;
  }

  fail(failure: UpstreamFailure): void {
    this.carrier = null;
    if (!this.#aborted) this.#listener.onFailure(failure);
  }

  askForBody(): void {
    if (!this.#aborted && this.carrier !== null) this.#listener.onWritable();
  }

  onInformation(status: number, fields: string[]): void {
    if (!this.#aborted) this.#listener.onInformation(status, fields);
  }

  onHead(head: UpstreamHead): void {
    if (!this.#aborted) this.#listener.onHead(head);
  }

  onWhole(head: UpstreamHead, body: string): void {
    if (!this.#aborted) this.#listener.onWhole(head, body);
  }

  onBodyPart(part: Buffer): void {
    if (!this.#aborted) this.#listener.onBodyPart(part);
  }

  get keepsParts(): boolean {
    return this.#listener.keepsParts !== false;
  }

  onSwitch(fields: string[], socket: Socket, unread: Buffer): void {
    if (this.#aborted) socket.destroy();
    else this.#listener.onSwitch(fields, socket, unread);
  }

  onEnd(trailers: string[]): void {
    if (!this.#aborted) this.#listener.onEnd(trailers);
  }
}
