import { setTimeout as delay } from 'node:timers/promises';
import { Redis, ReplyError } from 'ioredis';
import type { CounterReading, CounterStore } from '#plugins/gateway-plugin.js';
import type { Logger } from '#process/logger.js';

/** A count is worth so much waiting (milliseconds), not more: calls go on without the server. */
const COMMAND_MS = 250;
const MOST_RETRY_MS = 2_000;
/** How long a start waits for the connection (milliseconds). */
const OPEN_MS = 2_000;
/** Between two questions whether the server counts again (milliseconds). */
const PROBE_PAUSE_MS = 500;

/** One round trip, atomic: the counter of a window goes away by itself a little after the window. */
const INCREMENT = `
  local count = redis.call('INCR', KEYS[1])
  if count == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
  return count`;
/** Milliseconds for which a counter outlives its window, for instances whose clocks are behind. */
const LINGER_MS = 5_000;

interface CountingRedis extends Redis {
  incrementWindow(key: string, lifetime: number): Promise<number>;
}

/**
 * Counters that all gateways share. Windows are told by each instance's clock: at a window's border counts are off by what the
 * clocks differ. While the server does not count, or not in time, each process counts by itself, so that limits still hold per
 * process; calls wait for the server again once it has answered a probe.
 */
export class RedisCounterStore implements CounterStore {
  readonly #redis: CountingRedis;
  readonly #fallback: CounterStore;
  readonly #logger: Pick<Logger, 'debug' | 'info' | 'warn'>;
  #failing = false;

  /**
   * @param namespace the same in every gateway of an installation, and in no other that uses the server
   * @param fallback counts while the server is away
   */
  constructor(
    url: string,
    private readonly namespace: string,
    fallback: CounterStore,
    logger: Pick<Logger, 'debug' | 'info' | 'warn'>,
  ) {
    this.#fallback = fallback;
    this.#logger = logger;
    this.#redis = new Redis(url, {
      commandTimeout: COMMAND_MS,
      connectTimeout: 5_000,
      // A connection is ended because nothing comes through it: its end would not be answered either.
      disconnectTimeout: 0,
      // A count that waits for a lost server would hold its call.
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      retryStrategy: (attempt) => Math.min(attempt * 100, MOST_RETRY_MS),
    }) as CountingRedis;
    this.#redis.defineCommand('incrementWindow', { numberOfKeys: 1, lua: INCREMENT });
    // The connection comes back by itself.
    this.#redis.on('error', (error) => this.#lose(error));
  }

  /** Whether each process counts by itself because the server does not. */
  get failing(): boolean {
    return this.#failing;
  }

  /** Connects before calls come; a server that is away holds the start up for a moment only. */
  async open(): Promise<void> {
    const connected = new Promise<void>((done) => {
      if (this.#redis.status === 'ready') done();
      else this.#redis.once('ready', () => done());
    });
    await Promise.race([connected, delay(OPEN_MS, undefined, { ref: false })]);
  }

  increment(key: string, windowSeconds: number): CounterReading | Promise<CounterReading> {
    return this.#failing ? this.#fallback.increment(key, windowSeconds) : this.#incrementShared(key, windowSeconds);
  }

  close(): void {
    this.#redis.disconnect();
  }

  async #incrementShared(key: string, windowSeconds: number): Promise<CounterReading> {
    const length = windowSeconds * 1_000;
    const now = Date.now();
    const window = Math.floor(now / length);
    try {
      const count = await this.#redis.incrementWindow(this.#name(`${window}:${key}`), (window + 1) * length - now + LINGER_MS);
      return { count, resetMs: (window + 1) * length - now };
    } catch (error) {
      this.#lose(error as Error);
      return this.#fallback.increment(key, windowSeconds);
    }
  }

  #name(counter: string): string {
    return `gatehouse:${this.namespace}:count:${counter}`;
  }

  #lose({ message }: Error): void {
    this.#logger.debug({ error: message }, 'Redis');
    if (this.#failing) return;
    this.#failing = true;
    this.#logger.warn({ error: message }, 'Redis does not count: limits hold per gateway process until it is back.');
    void this.#awaitReturn();
  }

  async #awaitReturn(): Promise<void> {
    while (!(await this.#probe())) {
      await delay(PROBE_PAUSE_MS, undefined, { ref: false });
      if (this.#redis.status === 'end') return;
    }
    this.#failing = false;
    this.#logger.info('Limits are counted for all gateways again.');
  }

  /**
   * Counts what nobody asks for: a server may greet a new connection and yet not count (`CLIENT PAUSE WRITE`, a full memory).
   * @returns whether that arrived
   */
  async #probe(): Promise<boolean> {
    if (this.#redis.status !== 'ready') return false;
    try {
      await this.#redis.incrementWindow(this.#name('probe'), LINGER_MS);
      return true;
    } catch (error) {
      // ioredis keeps what is late, in its queue and in the socket, for as long as the connection lasts; and where a network was cut, it never learns that it ended.
      if (!(error instanceof ReplyError) && this.#redis.status === 'ready') this.#redis.disconnect(true);
      return false;
    }
  }
}
