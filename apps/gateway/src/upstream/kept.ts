/**
 * Things that outlive the snapshots that name them: made once for each name, kept while each snapshot asks for them, given up
 * when one does not.
 */
export class Kept<T> {
  readonly #entries = new Map<string, { readonly value: T; round: number }>();
  #round = 0;

  get values(): T[] {
    return [...this.#entries.values()].map(({ value }) => value);
  }

  get(name: string): T | undefined {
    return this.#entries.get(name)?.value;
  }

  /** A snapshot begins to ask for what it uses. */
  beginRound(): void {
    this.#round++;
  }

  obtain(name: string, make: () => T): T {
    let entry = this.#entries.get(name);
    if (entry === undefined) {
      entry = { value: make(), round: this.#round };
      this.#entries.set(name, entry);
    }
    entry.round = this.#round;
    return entry.value;
  }

  /** Gives up what nobody asked for in this round. */
  takeUnused(): T[] {
    const unused = [...this.#entries].filter(([, { round }]) => round !== this.#round);
    for (const [name] of unused) this.#entries.delete(name);
    return unused.map(([, { value }]) => value);
  }
}
