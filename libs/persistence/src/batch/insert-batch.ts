/** SQLSTATE class of violated constraints: such a row is at fault itself. */
const INTEGRITY = /^23/;

interface Waiting<Row> {
  readonly row: Row;
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

/**
 * Gathers the rows that come while others are being written, and writes them with one statement and one commit. A row is
 * acknowledged only once its statement has committed. While the database is quick, a row waits for nobody but those that came in the
 * same turn of the event loop.
 */
export class InsertBatch<Row> {
  readonly #write: (rows: readonly Row[]) => Promise<void>;
  readonly #limit: number;
  readonly #parallel: number;
  #waiting: Waiting<Row>[] = [];
  #running = 0;
  #scheduled = false;

  /**
   * @param write writes all rows or none
   * @param limit rows of one statement at most
   * @param parallel statements under way at most
   */
  constructor(write: (rows: readonly Row[]) => Promise<void>, { limit, parallel }: { readonly limit: number; readonly parallel: number }) {
    this.#write = write;
    this.#limit = limit;
    this.#parallel = parallel;
  }

  /** @returns once the row is committed @throws the store's error, for a row that is at fault or when nothing can be stored */
  add(row: Row): Promise<void> {
    return new Promise((done, failed) => {
      this.#waiting.push({ row, done, failed });
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
    const batch = this.#waiting.splice(0, this.#limit);
    if (batch.length === 0) return;
    this.#running++;
    if (this.#waiting.length > 0) this.#schedule();
    await this.#writeFairly(batch);
    this.#running--;
    if (this.#waiting.length > 0) this.#schedule();
  }

  /** One row that violates a constraint must not fail the others: then each is written by itself. */
  async #writeFairly(batch: readonly Waiting<Row>[]): Promise<void> {
    try {
      await this.#write(batch.map((entry) => entry.row));
      for (const entry of batch) entry.done();
    } catch (error) {
      if (batch.length > 1 && INTEGRITY.test((error as { code?: string }).code ?? '')) {
        for (const entry of batch) await this.#writeFairly([entry]);
      } else {
        for (const entry of batch) entry.failed(error);
      }
    }
  }
}
