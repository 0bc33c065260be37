import type { UpstreamTarget } from '../upstream-target.js';
import { type BalancedCall, type Balancer, isOpenTo } from './balancer.js';

/** Of one target there is nothing to choose. */
export class SoleTarget implements Balancer {
  readonly #target: UpstreamTarget;

  constructor(target: UpstreamTarget) {
    this.#target = target;
  }

  pick(_call: BalancedCall, tried: readonly UpstreamTarget[]): UpstreamTarget | null {
    return isOpenTo(this.#target, tried) ? this.#target : null;
  }
}
