/**
 * Where an API's calls go. Compiled per snapshot: targets, the way to choose among them (balance/), what is known of each (target/),
 * and the budget of retries. What outlives a snapshot is in upstream-pools.ts.
 */
import type { Upstream } from '#config/registry.js';
import type { BalancedCall, Balancer } from './balance/balancer.js';
import { KeyHash } from './balance/key-hash.js';
import { LeastConnections } from './balance/least-connections.js';
import { SoleTarget } from './balance/sole-target.js';
import { WeightedTurns } from './balance/weighted-turns.js';
import type { RetryBudget } from './retry-budget.js';
import { TrackedClient } from './target/tracked-client.js';
import type { UpstreamPools } from './upstream-pools.js';
import type { UpstreamTarget } from './upstream-target.js';

const NONE: readonly UpstreamTarget[] = [];

/** The targets of one API. */
export class UpstreamTargets {
  readonly #targets: readonly UpstreamTarget[];
  readonly #balancer: Balancer;
  readonly #budget: RetryBudget;

  constructor(targets: readonly UpstreamTarget[], balancer: Balancer, budget: RetryBudget) {
    this.#targets = targets;
    this.#balancer = balancer;
    this.#budget = budget;
  }

  /** Whether any target is in use. */
  get available(): boolean {
    return this.#targets.some(({ state }) => state === null || state.available);
  }

  /** Seconds, one at least, after which a target may take calls again. */
  get returnsIn(): number {
    const soonest = Math.min(...this.#targets.map(({ state }) => state?.returnsIn ?? 0));
    return Math.max(1, Math.ceil(soonest / 1_000));
  }

  /** @returns null: no target takes calls now */
  pick(call: BalancedCall): UpstreamTarget | null {
    this.#budget.calls++;
    return this.#balancer.pick(call, NONE);
  }

  /** For a further attempt: another target, or one that was tried where there is no other. */
  pickAgain(call: BalancedCall, tried: readonly UpstreamTarget[]): UpstreamTarget | null {
    return this.#balancer.pick(call, tried) ?? this.#balancer.pick(call, NONE);
  }

  /** Takes one retry out of the budget. @returns false: nothing is left */
  takeRetry(): boolean {
    return this.#budget.take();
  }
}

export function compileTargets(upstream: Upstream, pools: UpstreamPools): UpstreamTargets {
  const targets = upstream.targets.map(({ url, weight }) => compileTarget(new URL(url), weight, upstream, pools));
  return new UpstreamTargets(targets, compileBalancer(upstream, targets), pools.budget(upstream));
}

function compileTarget({ origin, pathname }: URL, weight: number, upstream: Upstream, pools: UpstreamPools): UpstreamTarget {
  const { balance, circuitBreaker, healthCheck, targets, connectTimeout, firstByteTimeout, idleTimeout, maxConnectionAge, tls } = upstream;
  const { maxConnections, maxWaiting, waitTimeout } = upstream;
  const options = { origin, connectTimeout, firstByteTimeout, idleTimeout, maxConnectionAge, tls, maxConnections, maxWaiting, waitTimeout };
  const counts = circuitBreaker !== null || (balance === 'least-connections' && targets.length > 1);
  const state = counts || healthCheck !== null ? pools.state(options, upstream) : null;
  const client = pools.client(options);
  return {
    client: counts && state !== null ? new TrackedClient(client, state, circuitBreaker?.failureStatuses ?? []) : client,
    origin,
    basePath: pathname.replace(/\/$/, ''),
    weight,
    state,
  };
}

function compileBalancer({ balance, hashBy }: Upstream, targets: readonly UpstreamTarget[]): Balancer {
  if (targets.length === 1) return new SoleTarget(targets[0] as UpstreamTarget);
  switch (balance) {
    case 'weighted':
      return new WeightedTurns(targets);
    case 'least-connections':
      return new LeastConnections(targets);
    case 'hash':
      return new KeyHash(targets, hashBy);
  }
}
