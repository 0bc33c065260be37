import type { CircuitBreaker } from './circuit-breaker.js';
import type { TargetHealth } from './target-health.js';

/** What is known of a target. It outlives reloads that leave the target's settings as they are. */
export class TargetState {
  /** Calls that were sent and have not ended. */
  inHand = 0;

  constructor(
    readonly origin: string,
    readonly breaker: CircuitBreaker | null,
    readonly checks: TargetHealth | null,
  ) {}

  get takesCalls(): boolean {
    return this.checks?.healthy !== false && (this.breaker === null || this.breaker.takesCalls);
  }

  /** Whether it is in use, if only on trial: its breaker is not open, and its checks are good. */
  get available(): boolean {
    return this.checks?.healthy !== false && this.breaker?.state !== 'open';
  }

  /** Milliseconds after which it may take calls again, as far as can be told. */
  get returnsIn(): number {
    return Math.max(this.checks?.healthy === false ? this.checks.interval : 0, this.breaker?.opensIn ?? 0);
  }
}
