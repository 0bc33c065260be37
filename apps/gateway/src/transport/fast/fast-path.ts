/**
 * The strict fast path: in front of a node:http server, on the connections that it accepts. Flow: connection → plain request (or
 * hand-over, unread) → caller → pipeline → answer head. A connection whose next request is not plain goes to node:http with every
 * byte that it brought, and stays there. Must not import anything of the call path but the `Caller` interface.
 */
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { RequestFieldNames } from '../../headers/request-field.js';
import type { Caller } from '../caller.js';
import type { PaceLimits } from '../client-pace.js';
import { FastConnection, type FastConnectionOwner } from './fast-connection.js';

/** Seconds that calls in flight are granted when the gateway stops; as for those of node:http. */
const STOP_BUDGET = 10;

export interface FastPathDeps {
  readonly serve: (caller: Caller) => void;
  /** Those that the next call will be read by. */
  readonly fieldNames: () => RequestFieldNames;
  /** Answers a client that does not send its request in time, and closes the connection. */
  readonly refuseLate: (socket: Socket) => void;
  readonly bodyPace: PaceLimits;
}

export class FastPath implements FastConnectionOwner {
  now = 1;
  stopping = false;
  readonly serve: (caller: Caller) => void;
  readonly refuseLate: (socket: Socket) => void;
  readonly bodyPace: PaceLimits;
  readonly #connections = new Set<FastConnection>();
  readonly #handOver: (socket: Socket) => void;
  readonly #fieldNames: () => RequestFieldNames;
  #clock: NodeJS.Timeout | null = null;
  /** Tick; infinite while it has not stopped. */
  #stoppedAt = Number.POSITIVE_INFINITY;

  /** Takes the place of what node:http does with a new connection; that is done where one is handed over. */
  constructor(
    server: Server,
    connectionEvent: 'connection' | 'secureConnection',
    { serve, fieldNames, refuseLate, bodyPace }: FastPathDeps,
  ) {
    this.serve = serve;
    this.#fieldNames = fieldNames;
    this.refuseLate = refuseLate;
    this.bodyPace = bodyPace;
    const listeners = server.listeners(connectionEvent) as ((socket: Socket) => void)[];
    server.removeAllListeners(connectionEvent);
    this.#handOver = (socket) => {
      for (const listener of listeners) listener.call(server, socket);
    };
    server.on(connectionEvent, (socket: Socket) => this.#accept(socket));
  }

  get fieldNames(): RequestFieldNames {
    return this.#fieldNames();
  }

  handOver(socket: Socket, unread: Buffer): void {
    socket.unshift(unread);
    this.#handOver(socket);
    socket.resume();
  }

  onClosed(connection: FastConnection): void {
    this.#connections.delete(connection);
    if (this.#connections.size > 0 || this.#clock === null) return;
    clearInterval(this.#clock);
    this.#clock = null;
  }

  /** Answers are the last ones of their connections; idle connections stay, until `beginStop`. */
  beginDrain(): void {
    this.stopping = true;
  }

  /** Closes what is idle; the rest gets its answer and is closed with it, within ten seconds. */
  beginStop(): void {
    this.stopping = true;
    this.#stoppedAt = this.now;
    for (const connection of [...this.#connections]) if (connection.idle) connection.destroy();
  }

  #accept(socket: Socket): void {
    this.#connections.add(new FastConnection(socket, this));
    this.#clock ??= setInterval(() => this.#tick(), 1_000).unref();
  }

  #tick(): void {
    this.now++;
    const stopNow = this.now - this.#stoppedAt >= STOP_BUDGET;
    for (const connection of [...this.#connections]) {
      if (stopNow) connection.destroy();
      else connection.tick(this.now);
    }
  }
}
