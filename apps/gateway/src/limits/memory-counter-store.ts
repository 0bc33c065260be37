import { LRUCache } from 'lru-cache';
import type { CounterReading, CounterStore } from '#plugins/gateway-plugin.js';

interface Counter {
  /** Number of the window since the epoch. */
  window: number;
  count: number;
}

const MOST_COUNTERS = 200_000;

/** Counters of this process alone, bounded in number: under a flood of new callers the ones used longest ago start again from zero. */
export class MemoryCounterStore implements CounterStore {
  readonly #counters: LRUCache<string, Counter>;
  readonly #now: () => number;

  /** @param max counters kept @param now milliseconds since the epoch */
  constructor(max = MOST_COUNTERS, now: () => number = Date.now) {
    this.#counters = new LRUCache({ max });
    this.#now = now;
  }

  increment(key: string, windowSeconds: number): CounterReading {
    const now = this.#now();
    const length = windowSeconds * 1_000;
    const window = Math.floor(now / length);
    let counter = this.#counters.get(key);
    if (counter === undefined) {
      counter = { window, count: 0 };
      this.#counters.set(key, counter);
    } else if (counter.window !== window) {
      counter.window = window;
      counter.count = 0;
    }
    counter.count++;
    return { count: counter.count, resetMs: (window + 1) * length - now };
  }
}
