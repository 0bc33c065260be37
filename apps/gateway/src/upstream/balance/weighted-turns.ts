import type { UpstreamTarget } from '../upstream-target.js';
import { type BalancedCall, type Balancer, isOpenTo } from './balancer.js';

/** Targets take turns by their weights. One that takes no calls is passed over, and its turns go to the others evenly. */
export class WeightedTurns implements Balancer {
  readonly #turns: readonly UpstreamTarget[];
  #next = 0;

  constructor(targets: readonly UpstreamTarget[]) {
    this.#turns = spreadTurns(targets.map(({ weight }) => weight)).map((index) => targets[index] as UpstreamTarget);
  }

  pick(_call: BalancedCall, tried: readonly UpstreamTarget[]): UpstreamTarget | null {
    for (let passed = 0; passed < this.#turns.length; passed++) {
      const target = this.#turns[this.#next] as UpstreamTarget;
      this.#next = this.#next + 1 === this.#turns.length ? 0 : this.#next + 1;
      if (isOpenTo(target, tried)) return target;
    }
    return null;
  }
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
