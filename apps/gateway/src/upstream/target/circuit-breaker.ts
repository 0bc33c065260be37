import type { CircuitBreaker as Settings } from '#config/registry.js';

export interface BreakerOptions {
  /** It opens, for so many milliseconds; or (0) closes. */
  readonly onChange?: (openFor: number) => void;
  /** Milliseconds of a clock that only goes forward. */
  readonly now?: () => number;
}

export type BreakerState = 'closed' | 'open' | 'half-open';

/**
 * Leaves a target out after failures in a row (open), then lets a few calls try it (half-open): as many successes close it, one
 * failure opens it for twice as long. Between calls nothing runs: the state follows from the clock when it is asked for.
 */
export class CircuitBreaker {
  /** How often it has opened. */
  ejections = 0;
  readonly #settings: Settings;
  readonly #onChange: (openFor: number) => void;
  readonly #now: () => number;
  #failures = 0;
  /** Time at which it becomes half-open; 0: it is closed. */
  #openUntil = 0;
  #closedAt = Number.NEGATIVE_INFINITY;
  /** Openings in a row. */
  #streak = 0;
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
    return this.ejections;
  }

  /** @param success null: the call was given up before anything could be told of the target */
  end(probe: number, success: boolean | null): void {
    if (probe !== 0) this.#probing--;
    // What was sent before it opened, or closed, or opened once more, says nothing new.
    if (success === null || probe !== (this.#openUntil === 0 ? 0 : this.ejections)) return;
    if (!success) this.#fail(probe !== 0);
    else if (probe === 0) this.#failures = 0;
    else if (++this.#succeeded >= this.#settings.probes) this.reset();
  }

  /** The target is known to be well. */
  reset(): void {
    if (this.#openUntil === 0) return;
    this.#openUntil = 0;
    this.#failures = 0;
    this.#closedAt = this.#now();
    this.#onChange(0);
  }

  #fail(probe: boolean): void {
    const { failures, openFor, longestOpen } = this.#settings;
    if (!probe && ++this.#failures < failures) return;
    const now = this.#now();
    // Time in service counts: a target that held out is not taken for the flickering one that it was.
    this.#streak = probe || now - this.#closedAt < longestOpen ? this.#streak + 1 : 1;
    const openNow = Math.min(longestOpen, openFor * 2 ** (this.#streak - 1));
    this.#openUntil = now + openNow;
    this.#succeeded = 0;
    this.ejections++;
    this.#onChange(openNow);
  }
}
