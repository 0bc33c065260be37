/** Request parameters under their wire names, from whichever encoding they came. */

/** What is wrong with a parameter as such, whatever its meaning. */
export type ParameterFault = 'repeated' | 'malformed';

export class Parameters {
  readonly #values = new Map<string, string>();
  readonly #faults = new Map<string, ParameterFault>();

  /**
   * @param entries in the order of the request; null where the text was not valid UTF-8
   *
   * RFC 6749 §3.1, §3.2: a parameter without a value counts as omitted; none may be included more than once. NUL is refused because
   * no text of the protocol has it and PostgreSQL cannot store it.
   */
  constructor(entries: Iterable<readonly [name: string, value: string | null]>) {
    const seen = new Set<string>();
    for (const [name, value] of entries) {
      if (seen.has(name)) this.#faults.set(name, 'repeated');
      else if (value === null || value.includes('\0')) this.#faults.set(name, 'malformed');
      else if (value !== '') this.#values.set(name, value);
      seen.add(name);
    }
    for (const name of this.#faults.keys()) this.#values.delete(name);
  }

  /** Value of a parameter; undefined where it was omitted, is empty or is at fault. */
  get(name: string): string | undefined {
    return this.#values.get(name);
  }

  faultOf(name: string): ParameterFault | undefined {
    return this.#faults.get(name);
  }

  /** The first of the named parameters that is at fault. */
  firstFault(names: readonly string[]): { readonly name: string; readonly fault: ParameterFault } | null {
    for (const name of names) {
      const fault = this.#faults.get(name);
      if (fault !== undefined) return { name, fault };
    }
    return null;
  }

  /** Every parameter with a value. */
  entries(): IterableIterator<[string, string]> {
    return this.#values.entries();
  }
}
