import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { CounterReading, CounterStore } from '#plugins/gateway-plugin.js';
import type { Logger } from '#process/logger.js';

/** A count is worth so much waiting (milliseconds), not more: calls go on without the server. */
const COMMAND_MS = 250;
const MOST_RETRY_MS = 2_000;
/** How long a start waits for the connection (milliseconds). */
const OPEN_MS = 2_000;

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
 * clocks differ. While the server does not answer, each process counts by itself, so that limits still hold per process.
 */
export class RedisCounterStore implements CounterStore {
  readonly #redis: CountingRedis;
  readonly #fallback: CounterStore;
  readonly #logger: Logger;
  #failing = false;

  /**
   * @param namespace the same in every gateway of an installation, and in no other that uses the server
   * @param fallback counts while the server is away
   */
  constructor(
    url: string,
    private readonly namespace: string,
    fallback: CounterStore,
    logger: Logger,
  ) {
    this.#fallback = fallback;
    this.#logger = logger;
    this.#redis = new Redis(url, {
      commandTimeout: COMMAND_MS,
      connectTimeout: 5_000,
      // A count that waits for a lost server would hold its call.
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      retryStrategy: (attempt) => Math.min(attempt * 100, MOST_RETRY_MS),
    }) as CountingRedis;
    this.#redis.defineCommand('incrementWindow', { numberOfKeys: 1, lua: INCREMENT });
    // Told once by the counts that fail; the connection comes back by itself.
    this.#redis.on('error', (error) => this.#logger.debug({ error: error.message }, 'Redis'));
  }

  /** Whether the last count did not get there. */
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

  async increment(key: string, windowSeconds: number): Promise<CounterReading> {
    const length = windowSeconds * 1_000;
    const now = Date.now();
    const window = Math.floor(now / length);
    try {
      const count = await this.#redis.incrementWindow(
        `gatehouse:${this.namespace}:count:${window}:${key}`,
        (window + 1) * length - now + LINGER_MS,
      );
      if (this.#failing) this.#logger.info('Limits are counted for all gateways again.');
      this.#failing = false;
      return { count, resetMs: (window + 1) * length - now };
    } catch (error) {
      if (!this.#failing) {
        this.#logger.warn({ error: (error as Error).message }, 'Redis does not count: limits hold per gateway process until it is back.');
      }
      this.#failing = true;
      return this.#fallback.increment(key, windowSeconds);
    }
  }

  close(): void {
    this.#redis.disconnect();
  }
}
