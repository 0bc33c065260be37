import type { Upstream } from '#config/registry.js';
import type { Logger } from '#process/logger.js';
import { Kept } from './kept.js';
import { LeanClient, type LeanClientOptions } from './lean/lean-client.js';
import { RetryBudget } from './retry-budget.js';
import type { TargetState } from './target/target-state.js';
import { watchTarget } from './target/watch-target.js';
import type { PoolCounts, UpstreamClient } from './upstream-client.js';

/** A call may hold a snapshot that is no longer in force while it waits for its credential; its pool must still open for it. */
const CLOSE_DELAY_MS = 15_000;

/**
 * What is kept over reloads for as long as its settings stay as they are: the connections to each distinct target, what is known
 * of it, and each upstream's retry budget.
 */
export class UpstreamPools {
  readonly #logger: Logger;
  readonly #clients = new Kept<LeanClient>();
  readonly #states = new Kept<TargetState>();
  readonly #budgets = new Kept<RetryBudget>();
  readonly #closing = new Map<NodeJS.Timeout, UpstreamClient>();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** A snapshot is compiled: what it does not obtain from now on is unused. */
  beginSnapshot(): void {
    for (const kept of [this.#clients, this.#states, this.#budgets]) kept.beginRound();
  }

  /** A private key does not show in the name; its certificate, which it belongs to, does. */
  client(options: LeanClientOptions): UpstreamClient {
    return this.#clients.obtain(JSON.stringify(options), () => new LeanClient(options));
  }

  /** What is known of a target that is watched as the upstream says. */
  state(options: LeanClientOptions, { circuitBreaker, healthCheck }: Upstream): TargetState {
    const name = JSON.stringify([options, circuitBreaker, healthCheck]);
    return this.#states.obtain(name, () => watchTarget(options, { circuitBreaker, healthCheck }, this.#logger));
  }

  budget({ targets, retryBudget }: Upstream): RetryBudget {
    return this.#budgets.obtain(JSON.stringify([targets, retryBudget]), () => new RetryBudget(retryBudget));
  }

  /** The pools in use by the origin of their targets; other settings may make several of one. */
  *counts(): Iterable<readonly [origin: string, PoolCounts]> {
    for (const { origin, counts } of this.#clients.values) yield [origin, counts];
  }

  /** The targets that are watched. */
  get states(): readonly TargetState[] {
    return this.#states.values;
  }

  /** Stops the checks of targets that the snapshot does not know, and closes their connections once nothing can use them any more. */
  closeUnused(): void {
    for (const state of this.#states.takeUnused()) state.checks?.stop();
    this.#budgets.takeUnused();
    for (const client of this.#clients.takeUnused()) {
      const timer = setTimeout(() => {
        this.#closing.delete(timer);
        void client.close();
      }, CLOSE_DELAY_MS).unref();
      this.#closing.set(timer, client);
    }
  }

  async close(): Promise<void> {
    for (const state of this.#states.values) state.checks?.stop();
    for (const timer of this.#closing.keys()) clearTimeout(timer);
    await Promise.all([...this.#clients.values, ...this.#closing.values()].map((client) => client.close()));
  }
}
