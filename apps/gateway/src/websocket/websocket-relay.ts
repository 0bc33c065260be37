/**
 * A WebSocket on its way through: two directions of bytes, untouched. The gateway speaks only to see whether both ends live (a ping
 * where one has been silent for half of the idle time), and to close it with a code that says why. Close frames, pongs, extensions
 * and subprotocols are between client and upstream.
 */
import type { Socket } from 'node:net';
import { CLOSE_CODES, closeFrame, pingFrame } from './control-frame.js';
import { RelayDirection } from './relay-direction.js';

/** What both ends are granted to take the last bytes and close. */
const CLOSE_BUDGET_MS = 2_000;

export interface WebSocketEnds {
  readonly client: Socket;
  /** What the client sent behind its request. */
  readonly clientUnread: Buffer;
  readonly upstream: Socket;
  /** What the upstream sent behind its 101. */
  readonly upstreamUnread: Buffer;
}

export class WebSocketRelay {
  readonly #client: Socket;
  readonly #upstream: Socket;
  readonly #up: RelayDirection;
  readonly #down: RelayDirection;
  readonly #idleSeconds: number;
  readonly #onClosed: () => void;
  #clientSilent = 0;
  #upstreamSilent = 0;
  #open = 2;
  #closing: NodeJS.Timeout | null = null;

  /**
   * @param idleSeconds how long an end may say nothing, not even a pong
   * @param onClosed both connections are closed
   */
  constructor({ client, clientUnread, upstream, upstreamUnread }: WebSocketEnds, idleSeconds: number, onClosed: () => void) {
    this.#client = client;
    this.#upstream = upstream;
    this.#idleSeconds = idleSeconds;
    this.#onClosed = onClosed;
    this.#follow(client, upstream);
    this.#follow(upstream, client);
    this.#up = new RelayDirection(client, upstream, clientUnread);
    this.#down = new RelayDirection(upstream, client, upstreamUnread);
  }

  /** Called each second. */
  onSecond(): void {
    if (this.#closing !== null) return;
    this.#clientSilent = this.#up.takeHeard() ? 0 : this.#clientSilent + 1;
    this.#upstreamSilent = this.#down.takeHeard() ? 0 : this.#upstreamSilent + 1;
    const longest = Math.max(this.#clientSilent, this.#upstreamSilent);
    if (longest >= this.#idleSeconds) {
      this.close(CLOSE_CODES.goingAway, 'Idle for too long');
      return;
    }
    const half = Math.ceil(this.#idleSeconds / 2);
    if (this.#clientSilent === half) this.#down.inject(pingFrame(false));
    if (this.#upstreamSilent === half) this.#up.inject(pingFrame(true));
  }

  /** Closes both sides: with a close frame where one has its place, in any case within two seconds. */
  close(code: number, reason: string): void {
    if (this.#closing !== null) return;
    this.#down.close(closeFrame(code, reason, false));
    this.#up.close(closeFrame(code, reason, true));
    this.#client.end();
    this.#upstream.end();
    this.#destroyLater();
  }

  #follow(socket: Socket, other: Socket): void {
    // A reset is heard of by `close`, too.
    socket.on('error', () => undefined);
    const onClose = (): void => {
      this.#open--;
      if (other.writable) other.end();
      if (this.#open > 0) this.#destroyLater();
      else {
        if (this.#closing !== null) clearTimeout(this.#closing);
        this.#onClosed();
      }
    };
    if (socket.destroyed) process.nextTick(onClose);
    else socket.once('close', onClose);
  }

  #destroyLater(): void {
    this.#closing ??= setTimeout(() => {
      this.#client.destroy();
      this.#upstream.destroy();
    }, CLOSE_BUDGET_MS).unref();
  }
}
