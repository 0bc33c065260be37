/** Seconds without an answer after which a worker hangs, and after which one that never answered has failed to start. */
export const MOST_SILENT_BEATS = 15;
const MOST_BEATS_TO_START = 60;
/** Between two questions (milliseconds). */
export const BEAT_MS = 1_000;

/**
 * Whether a worker's event loop turns: it is asked at each beat, and has to answer. Silence is counted in beats of the primary, not by
 * the clock: while the primary stands still itself (the machine sleeps, the process group is stopped) no beat passes, so that nobody
 * is blamed for it.
 */
export class Pulse {
  #silentBeats = 0;
  #answered = false;
  /** Milliseconds since the epoch; null: never. */
  lastAnswer: number | null = null;

  /** @returns whether it hangs */
  beat(): boolean {
    this.#silentBeats++;
    return this.#silentBeats > (this.#answered ? MOST_SILENT_BEATS : MOST_BEATS_TO_START);
  }

  answer(now: number): void {
    this.#answered = true;
    this.#silentBeats = 0;
    this.lastAnswer = now;
  }
}
