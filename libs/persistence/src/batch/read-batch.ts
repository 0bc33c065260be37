interface Waiting<Found> {
  readonly key: string;
  readonly done: (found: Found | null) => void;
  readonly failed: (error: unknown) => void;
}

/**
 * Gathers the look-ups that come in the same turn of the event loop, or while others are under way, and makes one statement of them.
 * Nothing is kept: each look-up is answered by a statement that began after it was asked.
 */
export class ReadBatch<Found> {
  readonly #read: (keys: readonly string[]) => Promise<ReadonlyMap<string, Found>>;
  readonly #parallel: number;
  #waiting: Waiting<Found>[] = [];
  #running = 0;
  #scheduled = false;

  /**
   * @param read finds what there is of some keys, each named once
   * @param parallel statements under way at most
   */
  constructor(read: (keys: readonly string[]) => Promise<ReadonlyMap<string, Found>>, parallel: number) {
    this.#read = read;
    this.#parallel = parallel;
  }

  /** @returns null where there is nothing of that key @throws the store's error */
  find(key: string): Promise<Found | null> {
    return new Promise((done, failed) => {
      this.#waiting.push({ key, done, failed });
      this.#schedule();
    });
  }

  #schedule(): void {
    if (this.#scheduled || this.#running >= this.#parallel) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      void this.#flush();
    });
  }

  async #flush(): Promise<void> {
    const batch = this.#waiting;
    this.#waiting = [];
    this.#running++;
    try {
      const found = await this.#read([...new Set(batch.map((entry) => entry.key))]);
      for (const { key, done } of batch) done(found.get(key) ?? null);
    } catch (error) {
      for (const { failed } of batch) failed(error);
    }
    this.#running--;
    if (this.#waiting.length > 0) this.#schedule();
  }
}
