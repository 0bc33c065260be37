import { LeanClient } from './lean/lean-client.js';
import type { PoolCounts, UpstreamClient } from './upstream-client.js';

/** A call may hold a snapshot that is no longer in force while it waits for its credential; its pool must still open for it. */
const CLOSE_DELAY_MS = 15_000;

export interface PoolKey {
  readonly origin: string;
  readonly connectTimeout: number;
  readonly timeout: number;
}

/** One pool for each distinct target, kept warm over reloads. */
export class UpstreamPools {
  readonly #pools = new Map<string, UpstreamClient>();
  readonly #closing = new Map<NodeJS.Timeout, UpstreamClient>();

  obtain(key: PoolKey): UpstreamClient {
    const name = nameOf(key);
    let client = this.#pools.get(name);
    if (client === undefined) {
      client = new LeanClient(key);
      this.#pools.set(name, client);
    }
    return client;
  }

  /** The pools in use by the origin of their targets; time-outs may make several of one. */
  *counts(): Iterable<readonly [origin: string, PoolCounts]> {
    for (const [name, client] of this.#pools) yield [name.slice(0, name.indexOf(' ')), client.counts];
  }

  /** Closes, once nothing can use them any more, the pools of which no target is left. */
  closeUnused(used: readonly PoolKey[]): void {
    const names = new Set(used.map(nameOf));
    for (const [name, client] of this.#pools) {
      if (names.has(name)) continue;
      this.#pools.delete(name);
      const timer = setTimeout(() => {
        this.#closing.delete(timer);
        void client.close();
      }, CLOSE_DELAY_MS).unref();
      this.#closing.set(timer, client);
    }
  }

  async close(): Promise<void> {
    for (const timer of this.#closing.keys()) clearTimeout(timer);
    await Promise.all([...this.#pools.values(), ...this.#closing.values()].map((client) => client.close()));
  }
}

function nameOf({ origin, connectTimeout, timeout }: PoolKey): string {
  return `${origin} ${connectTimeout} ${timeout}`;
}
