/** SQLSTATE classes of violated constraints and of deadlocks: one of the items is at fault, and the others are not. */
const OF_ONE_ITEM = /^(23|40)/;

interface Waiting<Item, Outcome> {
  readonly item: Item;
  readonly done: (outcome: Outcome) => void;
  readonly failed: (error: unknown) => void;
}

/**
 * Gathers what is asked for in the same turn of the event loop, or while other statements are under way, and makes one statement of
 * it, with one commit where it writes. Nothing is kept: each item is answered by a statement that began after it was asked for, and
 * only once that has committed. While the database is quick, an item waits for nobody but those of its turn.
 */
export class StatementBatch<Item, Outcome> {
  readonly #run: (items: readonly Item[]) => Promise<readonly Outcome[]>;
  readonly #limit: number;
  readonly #parallel: number;
  #waiting: Waiting<Item, Outcome>[] = [];
  #running = 0;
  #scheduled = false;

  /**
   * @param run does all or nothing; answers with one outcome per item, in their order
   * @param limit items of one statement at most
   * @param parallel statements under way at most
   */
  constructor(
    run: (items: readonly Item[]) => Promise<readonly Outcome[]>,
    { limit, parallel }: { readonly limit: number; readonly parallel: number } = { limit: 200, parallel: 2 },
  ) {
    this.#run = run;
    this.#limit = limit;
    this.#parallel = parallel;
  }

  /** @throws the store's error, for an item that is at fault or when nothing can be read or stored */
  add(item: Item): Promise<Outcome> {
    return new Promise((done, failed) => {
      this.#waiting.push({ item, done, failed });
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
    await this.#runFairly(batch);
    this.#running--;
    if (this.#waiting.length > 0) this.#schedule();
  }

  /** One item that violates a constraint, or waits for somebody who waits for it, must not fail the others: then each is run by itself. */
  async #runFairly(batch: readonly Waiting<Item, Outcome>[]): Promise<void> {
    try {
      const outcomes = await this.#run(batch.map(({ item }) => item));
      for (const [i, { done }] of batch.entries()) done(outcomes[i] as Outcome);
    } catch (error) {
      if (batch.length > 1 && OF_ONE_ITEM.test((error as { code?: string }).code ?? '')) {
        for (const entry of batch) await this.#runFairly([entry]);
      } else {
        for (const { failed } of batch) failed(error);
      }
    }
  }
}
