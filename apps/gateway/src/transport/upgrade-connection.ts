import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { plainAddress } from '#http/client-address.js';
import type { CallerListener } from './caller.js';
import type { CallerConnection } from './fast/fast-caller.js';

/** How long a client may take to read an answer that is no 101. */
const LINGER_MS = 10_000;
/** Bytes of what the client sends ahead that are read before its answer; read at all, so that a client that leaves is noticed. */
const MOST_AHEAD = 65_536;

/** A connection whose request asks for a WebSocket: one call, and then its end or the relay's. */
export class UpgradeConnection implements CallerConnection {
  readonly peer: string;
  readonly secure: boolean;
  readonly lastAnswer = true;
  readonly #socket: Socket;
  /** What came behind the request: frames of a client that does not wait for its answer. */
  #ahead: Buffer[];
  #aheadBytes: number;
  #listener: () => CallerListener | null = () => null;

  /** @param unread what came behind the request */
  constructor(socket: Socket, unread: Buffer) {
    this.#socket = socket;
    this.#ahead = [unread];
    this.#aheadBytes = unread.length;
    this.peer = plainAddress(socket.remoteAddress ?? '');
    this.secure = (socket as TLSSocket).encrypted === true;
    socket.on('data', this.#onData);
    socket.on('drain', this.#onDrain);
    // A client that closes its half before it has its answer is gone, as on other connections; nobody else closes the other half.
    socket.on('end', this.#onGone);
    socket.on('error', this.#onGone);
    socket.on('close', this.#onGone);
  }

  get open(): boolean {
    return !this.#socket.destroyed;
  }

  /** @param listener of the call that it carries */
  carry(listener: () => CallerListener | null): void {
    this.#listener = listener;
  }

  /** From now on it is the relay's. */
  release(): { readonly socket: Socket; readonly unread: Buffer } {
    this.#detach();
    // What follows waits for the relay.
    this.#socket.pause();
    const unread = Buffer.concat(this.#ahead);
    this.#ahead = [];
    return { socket: this.#socket, unread };
  }

  writeText(latin1: string): boolean {
    return !this.open || this.#socket.write(latin1, 'latin1');
  }

  writeWhole(latin1: string): void {
    this.writeText(latin1);
  }

  writeBytes(part: Buffer): boolean {
    return !this.open || this.#socket.write(part);
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

  /** A request for a WebSocket has no body. */
  startBody(): void {
    this.#listener()?.onRequestEnd();
  }

  pauseBody(): void {}

  resumeBody(): void {}

  answered(): void {
    this.#detach();
    const socket = this.#socket;
    socket.on('error', () => undefined);
    socket.end();
    socket.resume();
    const timer = setTimeout(() => socket.destroy(), LINGER_MS).unref();
    socket.once('close', () => clearTimeout(timer));
  }

  cut(): void {
    this.#detach();
    this.#socket.on('error', () => undefined);
    this.#socket.destroy();
  }

  readonly #onData = (bytes: Buffer): void => {
    this.#ahead.push(bytes);
    this.#aheadBytes += bytes.length;
    if (this.#aheadBytes > MOST_AHEAD) this.#socket.pause();
  };

  readonly #onDrain = (): void => this.#listener()?.onDrained();

  readonly #onGone = (): void => {
    const listener = this.#listener();
    this.cut();
    listener?.onGone();
  };

  #detach(): void {
    this.#listener = () => null;
    this.#socket.off('data', this.#onData);
    this.#socket.off('drain', this.#onDrain);
    this.#socket.off('end', this.#onGone);
    this.#socket.off('error', this.#onGone);
    this.#socket.off('close', this.#onGone);
  }
}
