import { LRUCache } from 'lru-cache';

export interface VerificationLimits {
  /** Failures that a name may have at once. */
  readonly burst: number;
  /** Failures per second that it may go on to have. */
  readonly perSecond: number;
}

interface Bucket {
  left: number;
  filledAt: number;
}

/** Names that are remembered at once; one that was forgotten begins anew. */
const NAMES = 1_000;
/** Names that had a good signature, and are remembered. */
const TRUSTED = 20_000;
/** Whatever is not trusted shares one budget. */
const UNTRUSTED = '';

/** A signature takes around a tenth of a millisecond to check: made-up tokens may cost about a tenth of one core, and no more. */
const DEFAULT: VerificationLimits = { burst: 1_000, perSecond: 500 };

/**
 * Bounds what signatures that turn out to be false may cost. Each trusted name has a budget of its own, so that forged tokens, which can name
 * nothing that is known here, do not use up that of good ones. What is spent before the check is given back when the signature is good.
 */
export class VerificationBudget {
  readonly #limits: VerificationLimits;
  readonly #buckets = new LRUCache<string, Bucket>({ max: NAMES });

  readonly #trusted = new LRUCache<string, true>({ max: TRUSTED });

  constructor(limits: VerificationLimits = DEFAULT) {
    this.#limits = limits;
  }

  /** A signature in this name was good. */
  trust(name: string): void {
    this.#trusted.set(name, true);
  }

  /** Whose budget pays for a signature in this name. */
  payerOf(name: string): string {
    return this.#trusted.get(name) ? name : UNTRUSTED;
  }

  /** @param now milliseconds since the epoch @returns whether a signature may be checked */
  spend(name: string, now = Date.now()): boolean {
    const { burst, perSecond } = this.#limits;
    const bucket = this.#buckets.get(name) ?? { left: burst, filledAt: now };
    const gained = (Math.max(0, now - bucket.filledAt) / 1_000) * perSecond;
    bucket.left = Math.min(burst, bucket.left + gained);
    bucket.filledAt = now;
    this.#buckets.set(name, bucket);
    if (bucket.left < 1) return false;
    bucket.left--;
    return true;
  }

  giveBack(name: string): void {
    const bucket = this.#buckets.get(name);
    if (bucket !== undefined) bucket.left++;
  }
}
