import { createHash } from 'node:crypto';
import type { Upstream } from '#config/registry.js';
import type { Logger } from '#process/logger.js';
import { Kept } from './kept.js';
import { LeanClient, type LeanClientOptions } from './lean/lean-client.js';
import { RetryBudget } from './retry-budget.js';
import { FollowedHealth } from './target/followed-health.js';
import type { TargetState } from './target/target-state.js';
import { watchTarget } from './target/watch-target.js';
import type { PoolCounts, UpstreamClient } from './upstream-client.js';
import type { TargetNews, UpstreamPeers } from './upstream-peers.js';

/** A call may hold a snapshot that is no longer in force while it waits for its credential; its pool must still open for it. */
const CLOSE_DELAY_MS = 15_000;

/** Processes that follow a reload have it in force by then; who has not is replaced (milliseconds). */
const EARLY_MS = 30_000;

interface EarlyNews {
  readonly news: TargetNews;
  /** On the clock of `performance.now()`. */
  readonly at: number;
}

/**
 * What is kept over reloads for as long as its settings stay as they are: the connections to each distinct target, what is known
 * of it, and each upstream's retry budget.
 */
export class UpstreamPools {
  readonly #logger: Logger;
  readonly #peers: UpstreamPeers;
  readonly #clients = new Kept<LeanClient>();
  readonly #states = new Kept<TargetState>();
  readonly #budgets = new Kept<RetryBudget>();
  /** Of targets that this process does not know: another has compiled a reload before it, or has not yet compiled one that this has. */
  readonly #early = new Map<string, EarlyNews>();
  readonly #closing = new Map<NodeJS.Timeout, UpstreamClient>();

  constructor(logger: Logger, peers: UpstreamPeers) {
    this.#logger = logger;
    this.#peers = peers;
    peers.onNews((news) => this.#follow(news));
  }

  /** A snapshot is compiled: what it does not obtain from now on is unused. */
  beginSnapshot(): void {
    for (const kept of [this.#clients, this.#states, this.#budgets]) kept.beginRound();
  }

  /** A private key does not show in the name; its certificate, which it belongs to, does. */
  client(options: LeanClientOptions): UpstreamClient {
    return this.#clients.obtain(JSON.stringify(options), () => {
      const { maxConnections, maxWaiting } = options;
      return new LeanClient({ ...options, maxConnections: this.#peers.share(maxConnections), maxWaiting: this.#peers.share(maxWaiting) });
    });
  }

  /** What is known of a target that is watched as the upstream says. */
  state(options: LeanClientOptions, { circuitBreaker, healthCheck }: Upstream): TargetState {
    const target = createHash('sha256')
      .update(JSON.stringify([options, circuitBreaker, healthCheck]))
      .digest('base64url');
    return this.#states.obtain(target, () => {
      const state = watchTarget(
        options,
        { circuitBreaker, healthCheck },
        {
          checks: this.#peers.checks,
          logger: this.#logger,
          tellBreaker: (change) => this.#peers.tell({ kind: 'breaker', target, ...change }),
          tellHealth: (healthy) => this.#peers.tell({ kind: 'health', target, healthy }),
        },
      );
      for (const kind of KINDS) {
        const early = this.#early.get(earlyKey(kind, target));
        // Of a target that was removed, and comes back later, they say nothing any more.
        if (early !== undefined && performance.now() - early.at < EARLY_MS) applyNews(state, early.news);
      }
      return state;
    });
  }

  budget({ targets, retryBudget }: Upstream): RetryBudget {
    return this.#budgets.obtain(JSON.stringify([targets, retryBudget]), () => {
      const { percent, perSecond } = retryBudget;
      return new RetryBudget({ percent, perSecond: this.#peers.part(perSecond) });
    });
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
    this.#early.clear();
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

  #follow(news: TargetNews): void {
    const state = this.#states.get(news.target);
    if (state === undefined) this.#early.set(earlyKey(news.kind, news.target), { news, at: performance.now() });
    else applyNews(state, news);
  }

  async close(): Promise<void> {
    for (const state of this.#states.values) state.checks?.stop();
    for (const timer of this.#closing.keys()) clearTimeout(timer);
    await Promise.all([...this.#clients.values, ...this.#closing.values()].map((client) => client.close()));
  }
}

const KINDS: readonly TargetNews['kind'][] = ['breaker', 'health'];

/** One kind of news says nothing of what the other one said. */
const earlyKey = (kind: TargetNews['kind'], target: string): string => `${kind} ${target}`;

function applyNews({ breaker, checks }: TargetState, news: TargetNews): void {
  if (news.kind === 'breaker') breaker?.follow(news);
  else if (checks instanceof FollowedHealth) checks.healthy = news.healthy;
}
