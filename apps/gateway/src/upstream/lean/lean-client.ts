/**
 * HTTP/1.1 towards one upstream target over kept connections on net.Socket: no stream between, no timer per call, one write per
 * request head. Flow: client (pool, clock) → connection (one exchange at a time) → answer reader (head, body) → listener.
 * Knows sockets and bytes; must not import anything of the call path.
 */
import type { lookup as resolveName } from 'node:dns';
import type { Socket } from 'node:net';
import type { UpstreamTls } from '#config/registry.js';
import { ownText } from '../../http1/own-text.js';
import { isIdempotent } from '../retry-decision.js';
import type {
  PoolCounts,
  UpstreamClient,
  UpstreamExchange,
  UpstreamFailure,
  UpstreamListener,
  UpstreamRequest,
} from '../upstream-client.js';
import { Connection, type ConnectionOwner } from './connection.js';
import { type Connect, connector } from './connector.js';
import { LeanExchange } from './lean-exchange.js';
import { writeHostLine, writeRequestHead } from './request-head.js';
import { WaitingLine } from './waiting-line.js';

/** Below the five seconds after which a Node server closes an idle connection: the one that closes first cannot be surprised. */
const IDLE_MS = 4_000;
/** How long a connection may have been idle to carry what could not be sent again, should the upstream have closed it meanwhile. */
const FRESH_MS = 1_000;
/** Part of a connection's age by which it may end earlier. */
const RETIREMENT_SPREAD = 0.2;
const COARSEST_TICK_MS = 500;
const FINEST_TICK_MS = 20;

export interface LeanClientOptions {
  /** Scheme, host and port. */
  readonly origin: string;
  /** Milliseconds. */
  readonly connectTimeout: number;
  /** Until the answer begins, and between two parts of its body. */
  readonly firstByteTimeout: number;
  readonly idleTimeout: number;
  /** How long a connection is used again: a new one resolves the host's name anew. */
  readonly maxConnectionAge: number;
  readonly tls: UpstreamTls | null;
  /** 0: as many as are needed. */
  readonly maxConnections: number;
  /** Calls that may wait for a connection, and for how many milliseconds. */
  readonly maxWaiting: number;
  readonly waitTimeout: number;
}

/** An upstream target by connections of our own. */
export class LeanClient implements UpstreamClient, ConnectionOwner {
  now = 1;
  readonly origin: string;
  readonly connectTicks: number;
  readonly firstByteTicks: number;
  readonly silenceTicks: number;
  readonly #tickMs: number;
  readonly #freshTicks: number;
  readonly #ageTicks: number;
  readonly #maxConnections: number;
  readonly #maxWaiting: number;
  readonly #waitTicks: number;
  readonly #line = new WaitingLine();
  /** In one piece. */
  readonly #hostLine: string;
  readonly #secure: boolean;
  readonly #connect: Connect;
  readonly #connections = new Set<Connection>();
  /** The one used last is used next: those that a calmer time does not need fall idle, and close. */
  readonly #idle: Connection[] = [];
  #clock: NodeJS.Timeout | null = null;
  #closing = false;
  /** WebSockets, which are no longer ours and count all the same. */
  #givenAway = 0;
  #opened = 0;
  #onAllClosed: () => void = () => undefined;

  /** @param lookup resolves a host's name, as `dns.lookup` does */
  constructor(options: LeanClientOptions, lookup?: typeof resolveName) {
    const { origin, connectTimeout, firstByteTimeout, idleTimeout, maxConnectionAge, maxConnections, maxWaiting, waitTimeout } = options;
    const { protocol, host } = new URL(origin);
    this.origin = origin;
    this.#hostLine = ownText(writeHostLine(host));
    this.#secure = protocol === 'https:';
    this.#tickMs = Math.min(
      COARSEST_TICK_MS,
      Math.max(FINEST_TICK_MS, Math.min(connectTimeout, firstByteTimeout, idleTimeout, ...(maxConnections > 0 ? [waitTimeout] : [])) / 10),
    );
    // One more: the tick that runs now has begun already.
    this.connectTicks = Math.ceil(connectTimeout / this.#tickMs) + 1;
    this.firstByteTicks = Math.ceil(firstByteTimeout / this.#tickMs) + 1;
    this.silenceTicks = Math.ceil(idleTimeout / this.#tickMs) + 1;
    this.#ageTicks = maxConnectionAge / this.#tickMs;
    this.#maxConnections = maxConnections;
    this.#maxWaiting = maxWaiting;
    this.#waitTicks = Math.ceil(waitTimeout / this.#tickMs) + 1;
    this.#freshTicks = Math.ceil(FRESH_MS / this.#tickMs);
    this.#connect = connector(options, lookup);
  }

  get counts(): PoolCounts {
    const busy = this.#connections.size - this.#idle.length + this.#givenAway;
    return { busy, idle: this.#idle.length, waiting: this.#line.length, opened: this.#opened };
  }

  open(request: UpstreamRequest, listener: UpstreamListener): UpstreamExchange {
    const exchange = new LeanExchange(request.method, writeRequestHead(request, this.#hostLine), listener);
    const newest = this.#idle.at(-1);
    if (newest === undefined || (newest.idleSince < this.now - this.#freshTicks && !mayBeSentTwice(request))) this.reopen(exchange);
    else {
      this.#idle.pop();
      newest.carry(exchange);
    }
    return exchange;
  }

  close(): Promise<void> {
    this.#closing = true;
    for (const connection of [...this.#connections]) if (connection.idle) connection.drop();
    return new Promise((done) => {
      this.#onAllClosed = done;
      this.#restIfUnused();
    });
  }

  reopen(exchange: LeanExchange): void {
    if (this.#closing) {
      const failure = { reason: 'unreachable', sent: false, error: new Error('The upstream is no longer in use.') } as const;
      process.nextTick(() => exchange.fail(failure));
      return;
    }
    const full = this.#maxConnections > 0 && this.#connections.size + this.#givenAway >= this.#maxConnections;
    if (full && !this.#closeIdle()) this.#wait(exchange);
    else this.#begin(exchange);
  }

  #begin(exchange: LeanExchange): void {
    this.#opened++;
    this.#connections.add(new Connection(this.#connect, this.#secure ? 'secureConnect' : 'connect', this, exchange));
    this.#runClock();
  }

  #runClock(): void {
    this.#clock ??= setInterval(() => this.#tick(), this.#tickMs).unref();
  }

  idleTicks(hint: number): number {
    if (this.#closing) return 0;
    // One second less than it says: our next request needs its time to arrive.
    const ms = hint === 0 ? IDLE_MS : Math.min(IDLE_MS, (hint - 1) * 1_000);
    return Math.floor(ms / this.#tickMs);
  }

  /** Spread, so that connections that were opened together do not end together. */
  get retirementTick(): number {
    return this.now + Math.ceil(this.#ageTicks * (1 - RETIREMENT_SPREAD * Math.random()));
  }

  onIdle(connection: Connection): void {
    const next = this.#line.next();
    if (next === null) this.#idle.push(connection);
    else connection.carry(next);
  }

  onClosed(connection: Connection): void {
    this.#connections.delete(connection);
    const index = this.#idle.indexOf(connection);
    if (index !== -1) this.#idle.splice(index, 1);
    this.#makeRoom();
  }

  onGivenAway(connection: Connection, socket: Socket): void {
    this.#connections.delete(connection);
    this.#givenAway++;
    socket.once('close', () => {
      this.#givenAway--;
      this.#makeRoom();
    });
    this.#restIfUnused();
  }

  /** A connection closed: who waits first gets one in its place. */
  #makeRoom(): void {
    const next = this.#line.next();
    if (next !== null) this.#begin(next);
    this.#restIfUnused();
  }

  /** While nobody has a connection or waits for one, no clock need run. */
  #restIfUnused(): void {
    if (this.#connections.size > 0 || this.#line.length > 0) return;
    if (this.#clock !== null) clearInterval(this.#clock);
    this.#clock = null;
    this.#onAllClosed();
  }

  /** One that is idle, but too old for what is to be sent, makes room for a new one. @returns false: none is idle */
  #closeIdle(): boolean {
    const oldest = this.#idle[0];
    oldest?.drop();
    return oldest !== undefined;
  }

  #wait(exchange: LeanExchange): void {
    // Whose connection was dead has had its turn, and lost it through no fault of its own.
    if (this.#line.length < this.#maxWaiting || exchange.reopened) {
      this.#line.join(exchange, this.now + this.#waitTicks, exchange.reopened);
      // Where WebSockets have every connection it stands still.
      this.#runClock();
    } else process.nextTick(() => exchange.fail(busy('Too many calls wait for a connection to the upstream.')));
  }

  #tick(): void {
    this.now++;
    for (const connection of this.#connections) connection.tick(this.now);
    if (this.#line.length > 0)
      for (const exchange of this.#line.takeExpired(this.now)) exchange.fail(busy('No connection to the upstream was free in time.'));
    this.#restIfUnused();
  }
}

function busy(message: string): UpstreamFailure {
  return { reason: 'busy', sent: false, error: new Error(message) };
}

function mayBeSentTwice({ method, bodyLength }: UpstreamRequest): boolean {
  return bodyLength === 0 && isIdempotent(method);
}
