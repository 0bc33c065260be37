import type { CircuitBreaker as Settings } from '#config/registry.js';

export interface BreakerChange {
  /** It opens, for so many milliseconds; or (0) closes. */
  readonly openFor: number;
  /** Openings in a row. */
  readonly streak: number;
}

export interface BreakerOptions {
  /** Told of what calls of this process bring about. */
  readonly onChange?: (change: BreakerChange) => void;
  /** Milliseconds of a clock that only goes forward. */
  readonly now?: () => number;
}

export type BreakerState = 'closed' | 'open' | 'half-open';

/**
 * Leaves a target out after failures in a row (open), then lets a few calls try it (half-open): as many successes close it, one
 * failure opens it for twice as long. Between calls nothing runs: the state follows from the clock when it is asked for.
 */
export class CircuitBreaker {
  /** How often calls of this process opened it. */
  ejections = 0;
  readonly #settings: Settings;
  readonly #onChange: (change: BreakerChange) => void;
  readonly #now: () => number;
  #failures = 0;
  /** Time at which it becomes half-open; 0: it is closed. */
  #openUntil = 0;
  #closedAt = Number.NEGATIVE_INFINITY;
  /** Openings in a row. */
  #streak = 0;
  /** Openings in all, by whomever. */
  #openings = 0;
  #probing = 0;
  #succeeded = 0;

  constructor(settings: Settings, { onChange = () => undefined, now = () => performance.now() }: BreakerOptions = {}) {
    this.#settings = settings;
    this.#onChange = onChange;
    this.#now = now;
  }

  get state(): BreakerState {
    if (this.#openUntil === 0) return 'closed';
    return this.#now() < this.#openUntil ? 'open' : 'half-open';
  }

  get takesCalls(): boolean {
    if (this.#openUntil === 0) return true;
    return this.#now() >= this.#openUntil && this.#probing + this.#succeeded < this.#settings.probes;
  }

  /** Milliseconds until calls may try the target again. */
  get opensIn(): number {
    return this.#openUntil === 0 ? 0 : Math.max(0, this.#openUntil - this.#now());
  }

  /** A call is sent. @returns which time out of service it is to end, for `end`; 0: none */
  begin(): number {
    if (this.#openUntil === 0) return 0;
    this.#probing++;
    return this.#openings;
  }

  /** @param success null: the call was given up before anything could be told of the target */
  end(probe: number, success: boolean | null): void {
    if (probe !== 0) this.#probing--;
    // What was sent before it opened, or closed, or opened once more, says nothing new.
    if (success === null || probe !== (this.#openUntil === 0 ? 0 : this.#openings)) return;
    if (!success) this.#fail(probe !== 0);
    else if (probe === 0) this.#failures = 0;
    else if (++this.#succeeded >= this.#settings.probes) this.reset();
  }

  /** The target is known to be well. */
  reset(): void {
    if (this.#openUntil === 0) return;
    this.#close();
    this.#onChange({ openFor: 0, streak: this.#streak });
  }

  /** Calls of another process opened or closed its own. */
  follow({ openFor, streak }: BreakerChange): void {
    if (openFor === 0) this.#close();
    else this.#open(openFor, this.#openUntil === 0 ? streak : Math.max(streak, this.#streak));
  }

  #open(openFor: number, streak: number): void {
    this.#streak = streak;
    this.#openUntil = Math.max(this.#openUntil, this.#now() + openFor);
    this.#succeeded = 0;
    this.#openings++;
  }

  #close(): void {
    this.#openUntil = 0;
    this.#failures = 0;
    this.#closedAt = this.#now();
  }

  #fail(probe: boolean): void {
    const { failures, openFor, longestOpen } = this.#settings;
    if (!probe && ++this.#failures < failures) return;
    const now = this.#now();
    // Time in service counts: a target that held out is not taken for the flickering one that it was.
    const streak = probe || now - this.#closedAt < longestOpen ? this.#streak + 1 : 1;
    const openNow = Math.min(longestOpen, openFor * 2 ** (streak - 1));
    this.#open(openNow, streak);
    this.ejections++;
    this.#onChange({ openFor: openNow, streak });
  }
}
