/** How a worker ended that was not told to. */
export interface WorkerDeath {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Milliseconds for which it served. */
  readonly served: number;
}

export type Replacement = { readonly replace: true; readonly delayMs: number } | { readonly replace: false; readonly early: number };

/** Serving for so long says that it can be done. */
const ENOUGH_SERVED_MS = 10_000;
/** Deaths longer ago are forgotten. */
export const MEMORY_MS = 300_000;
/** So many early deaths, and one more for each worker, are a crash loop. */
const MOST_EARLY_DEATHS = 3;
const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 5_000;

/**
 * Whether a dead worker is replaced, and when: at once where it had served, ever later where workers die early, and no more where
 * that goes on, so that whoever supervises the process learns of it.
 */
export function decideReplacement(deaths: readonly WorkerDeath[], workers: number, now: number): Replacement {
  const early = deaths.filter(({ at, served }) => now - at < MEMORY_MS && served < ENOUGH_SERVED_MS).length;
  if (early >= MOST_EARLY_DEATHS + workers) return { replace: false, early };
  return { replace: true, delayMs: early === 0 ? 0 : Math.min(FIRST_DELAY_MS * 2 ** (early - 1), LONGEST_DELAY_MS) };
}
