import type { HashKey } from '#config/registry.js';
import type { UpstreamTarget } from '../upstream-target.js';
import { type BalancedCall, type Balancer, isOpenTo } from './balancer.js';

interface Seat {
  readonly target: UpstreamTarget;
  readonly seed: number;
}

/**
 * Calls with the same key go to the same target. Rendezvous hashing: key and target make a score, and the highest score wins; when
 * a target goes, only its own keys move, and they move to all the others. A call without the key is spread by its client's address.
 */
export class KeyHash implements Balancer {
  readonly #seats: readonly Seat[];
  readonly #key: HashKey;

  constructor(targets: readonly UpstreamTarget[], key: HashKey) {
    this.#seats = targets.map((target) => ({ target, seed: hashText(target.origin + target.basePath) }));
    this.#key = key;
  }

  pick(call: BalancedCall, tried: readonly UpstreamTarget[]): UpstreamTarget | null {
    const hash = hashText(keyOf(call, this.#key));
    let best: UpstreamTarget | null = null;
    let highest = Number.NEGATIVE_INFINITY;
    for (const { target, seed } of this.#seats) {
      const score = scoreOf(hash, seed, target.weight);
      if (score <= highest || !isOpenTo(target, tried)) continue;
      best = target;
      highest = score;
    }
    return best;
  }
}

function keyOf(call: BalancedCall, key: HashKey): string {
  switch (key.kind) {
    case 'consumer':
      return call.consumer?.applicationId ?? call.clientAddress;
    case 'header':
      return call.requestHeader(key.name) ?? call.clientAddress;
    case 'address':
      return call.clientAddress;
  }
}

/** Weighted rendezvous hashing: of uniform u, the largest -weight / ln(u) belongs to each target in proportion to its weight. */
function scoreOf(hash: number, seed: number, weight: number): number {
  return -weight / Math.log((mix(hash ^ seed) + 0.5) / 2 ** 32);
}

/** FNV-1a, 32 bits. */
function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return mix(hash);
}

/** The finalizer of MurmurHash3: spreads what differs in a few bits over all of them. */
function mix(value: number): number {
  let bits = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
