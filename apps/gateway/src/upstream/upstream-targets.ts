import type { Upstream } from '#config/registry.js';
import type { UpstreamClient } from './upstream-client.js';
import type { PoolKey, UpstreamPools } from './upstream-pools.js';

/** One place to which calls of an API may go. */
export interface UpstreamTarget {
  readonly client: UpstreamClient;
  readonly origin: string;
  /** Path of the configured URL, without a trailing slash; empty for the root. */
  readonly basePath: string;
}

/** The targets of one API, taken in turn by their weights. */
export class UpstreamTargets {
  readonly #turns: readonly UpstreamTarget[];
  #next = 0;

  constructor(turns: readonly UpstreamTarget[]) {
    this.#turns = turns;
  }

  pick(): UpstreamTarget {
    const target = this.#turns[this.#next] as UpstreamTarget;
    this.#next = this.#next + 1 === this.#turns.length ? 0 : this.#next + 1;
    return target;
  }
}

export function poolKeys(upstream: Upstream): PoolKey[] {
  const { connectTimeout, timeout } = upstream;
  return upstream.targets.map(({ url }) => ({ origin: new URL(url).origin, connectTimeout, timeout }));
}

export function compileTargets(upstream: Upstream, pools: UpstreamPools): UpstreamTargets {
  const targets = poolKeys(upstream).map((key, index) => ({
    client: pools.obtain(key),
    origin: key.origin,
    basePath: new URL(upstream.targets[index]?.url ?? '').pathname.replace(/\/$/, ''),
  }));
  const order = spreadTurns(upstream.targets.map((target) => target.weight));
  return new UpstreamTargets(order.map((index) => targets[index] as UpstreamTarget));
}

/**
 * Lays out one round of turns so that a heavy target's turns are spread, not bunched (smooth weighted round-robin).
 * @returns indexes of the weights, each as often as its share
 */
export function spreadTurns(weights: readonly number[]): number[] {
  const divisor = weights.reduce(greatestCommonDivisor, 0) || 1;
  const shares = weights.map((weight) => Math.round(weight / divisor));
  const total = shares.reduce((sum, share) => sum + share, 0);
  const credit = shares.map(() => 0);
  return Array.from({ length: total }, () => {
    let best = 0;
    for (const [index, share] of shares.entries()) {
      credit[index] = (credit[index] as number) + share;
      if ((credit[index] as number) > (credit[best] as number)) best = index;
    }
    credit[best] = (credit[best] as number) - total;
    return best;
  });
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
