import type { UpstreamTarget } from '../upstream-target.js';
import { type BalancedCall, type Balancer, isOpenTo } from './balancer.js';

/** The target that has the fewest calls in hand for its weight. Of equals, each has its turn. */
export class LeastConnections implements Balancer {
  readonly #targets: readonly UpstreamTarget[];
  #first = 0;

  constructor(targets: readonly UpstreamTarget[]) {
    this.#targets = targets;
  }

  pick(_call: BalancedCall, tried: readonly UpstreamTarget[]): UpstreamTarget | null {
    const count = this.#targets.length;
    this.#first = this.#first + 1 === count ? 0 : this.#first + 1;
    let best: UpstreamTarget | null = null;
    let least = Number.POSITIVE_INFINITY;
    for (let i = 0; i < count; i++) {
      const target = this.#targets[(this.#first + i) % count] as UpstreamTarget;
      const load = ((target.state?.inHand ?? 0) + 1) / target.weight;
      if (load >= least || !isOpenTo(target, tried)) continue;
      best = target;
      least = load;
    }
    return best;
  }
}
