import type { CounterReading, CounterStore } from '#plugins/gateway-plugin.js';
import type { Logger } from '#process/logger.js';
import { MemoryCounterStore } from '../limits/memory-counter-store.js';
import type { ToPrimary, ToWorker } from './messages.js';

/** A count is worth so much waiting (milliseconds), not more. */
const ANSWER_MS = 250;

interface Waiting {
  readonly key: string;
  readonly windowSeconds: number;
  readonly resolve: (reading: CounterReading) => void;
}

interface Ask {
  readonly waiting: readonly Waiting[];
  readonly timer: NodeJS.Timeout;
}

export interface CountChannel {
  send(message: ToPrimary): Promise<void>;
  on(kind: 'counts', listener: (message: Extract<ToWorker, { kind: 'counts' }>) => void): void;
}

/**
 * Counters of the primary process, which are one for all of its workers. What the calls of one turn count goes there in one message.
 * While the primary does not answer in time, this process counts by itself, and asks no more until it has the answer.
 */
export class PrimaryCounterStore implements CounterStore {
  readonly #channel: CountChannel;
  readonly #logger: Pick<Logger, 'warn' | 'info'>;
  readonly #own = new MemoryCounterStore();
  readonly #asks = new Map<number, Ask>();
  #turn: Waiting[] = [];
  #lastAsk = 0;
  #late = false;

  constructor(channel: CountChannel, logger: Pick<Logger, 'warn' | 'info'>) {
    this.#channel = channel;
    this.#logger = logger;
    channel.on('counts', (message) => this.#take(message));
  }

  increment(key: string, windowSeconds: number): CounterReading | Promise<CounterReading> {
    if (this.#late) return this.#own.increment(key, windowSeconds);
    return new Promise((resolve) => {
      if (this.#turn.length === 0) setImmediate(() => this.#ask());
      this.#turn.push({ key, windowSeconds, resolve });
    });
  }

  #ask(): void {
    const waiting = this.#turn;
    this.#turn = [];
    const ask = ++this.#lastAsk;
    const timer = setTimeout(() => this.#giveUp(waiting), ANSWER_MS);
    this.#asks.set(ask, { waiting, timer });
    void this.#channel.send({
      kind: 'count',
      ask,
      keys: waiting.map(({ key }) => key),
      windows: waiting.map(({ windowSeconds }) => windowSeconds),
    });
  }

  #take({ ask, counts, resets }: Extract<ToWorker, { kind: 'counts' }>): void {
    const asked = this.#asks.get(ask);
    if (asked === undefined) return;
    this.#asks.delete(ask);
    clearTimeout(asked.timer);
    // Where we gave up meanwhile, these were answered already.
    for (const [i, { resolve }] of asked.waiting.entries()) resolve({ count: counts[i] as number, resetMs: resets[i] as number });
    if (!this.#late || this.#asks.size > 0) return;
    this.#late = false;
    this.#logger.info('Limits are counted for all workers again.');
  }

  #giveUp(waiting: readonly Waiting[]): void {
    if (!this.#late) this.#logger.warn('The primary process does not count: limits hold per worker until it does.');
    this.#late = true;
    for (const { key, windowSeconds, resolve } of waiting) resolve(this.#own.increment(key, windowSeconds));
  }
}
