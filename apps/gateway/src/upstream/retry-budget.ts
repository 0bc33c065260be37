/** Milliseconds over which calls and retries are counted; what is older fades out. */
const MEMORY_MS = 10_000;

export interface RetryBudgetSettings {
  readonly percent: number;
  readonly perSecond: number;
}

/**
 * Lets retries be a share of the recent calls, and a few a second anyway. So they help where few calls fail, and are no further
 * load on an upstream of which all do. A call costs one addition; the clock is read when a retry is asked for.
 */
export class RetryBudget {
  /** Calls since the last retry was asked for. */
  calls = 0;
  /** Retries made, and refused for want of budget, in all. */
  granted = 0;
  refused = 0;
  readonly #settings: RetryBudgetSettings;
  readonly #now: () => number;
  #recentCalls = 0;
  #recentRetries = 0;
  #countedAt: number;

  /** @param now milliseconds of a clock that only goes forward */
  constructor(settings: RetryBudgetSettings, now: () => number = () => performance.now()) {
    this.#settings = settings;
    this.#now = now;
    this.#countedAt = now();
  }

  /** Takes one retry out of the budget. @returns false: nothing is left */
  take(): boolean {
    this.#count();
    const { percent, perSecond } = this.#settings;
    const allowed = (this.#recentCalls * percent) / 100 + (perSecond * MEMORY_MS) / 1_000;
    if (this.#recentRetries + 1 > allowed) {
      this.refused++;
      return false;
    }
    this.#recentRetries++;
    this.granted++;
    return true;
  }

  /** Fades what was counted. The calls since then are taken as spread evenly over the time. */
  #count(): void {
    const now = this.#now();
    const elapsed = now - this.#countedAt;
    const kept = Math.exp(-elapsed / MEMORY_MS);
    const keptOfNew = elapsed === 0 ? 1 : ((1 - kept) * MEMORY_MS) / elapsed;
    this.#recentCalls = this.#recentCalls * kept + this.calls * keptOfNew;
    this.#recentRetries *= kept;
    this.calls = 0;
    this.#countedAt = now;
  }
}
