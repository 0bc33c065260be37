/** Thrown where as many look-ups wait as may. */
export class LookupsFullError extends Error {
  override readonly name = 'LookupsFullError';
}

/** Thrown where a look-up did not come back in time. */
export class LookupTimeoutError extends Error {
  override readonly name = 'LookupTimeoutError';
}

export interface LookupGateLimits {
  readonly concurrent: number;
  /** In each lane. */
  readonly waiting: number;
  /** Milliseconds from the asking, waiting included. */
  readonly timeout: number;
}

/** What is looked up. Keys have no shape by which made-up ones are known. */
export type LookupLane = 'token' | 'key';

/**
 * Lets only so many look-ups reach the database at once; the others wait their turn, and only so many do. Tokens and keys wait in lanes
 * of their own, of which each has every second turn: a flood of made-up keys keeps no token waiting.
 */
export class LookupGate {
  readonly #limits: LookupGateLimits;
  readonly #lanes: Readonly<Record<LookupLane, (() => void)[]>> = { token: [], key: [] };
  #turn: LookupLane = 'token';
  #running = 0;
  /** Look-ups that were not let in, and that took too long. */
  refused = 0;
  late = 0;

  constructor(limits: LookupGateLimits) {
    this.#limits = limits;
  }

  get running(): number {
    return this.#running;
  }

  get waiting(): number {
    return this.#lanes.token.length + this.#lanes.key.length;
  }

  /** @throws LookupsFullError, LookupTimeoutError, or what the look-up throws */
  run<T>(lane: LookupLane, lookUp: () => Promise<T>): Promise<T> {
    const line = this.#lanes[lane];
    if (this.#running >= this.#limits.concurrent && line.length >= this.#limits.waiting) {
      this.refused++;
      return Promise.reject(new LookupsFullError('Too many look-ups wait.'));
    }
    return new Promise<T>((resolve, reject) => {
      let late = false;
      const timer = setTimeout(() => {
        late = true;
        this.late++;
        reject(new LookupTimeoutError(`A look-up took longer than ${this.#limits.timeout} ms.`));
      }, this.#limits.timeout);
      const start = (): void => {
        if (late) {
          this.#startNext();
          return;
        }
        this.#running++;
        // A place is held until the database is done, also past the time-out: a database that hangs is not asked ever more.
        lookUp()
          .then(resolve, reject)
          .finally(() => {
            clearTimeout(timer);
            this.#running--;
            this.#startNext();
          });
      };
      if (this.#running < this.#limits.concurrent) start();
      else line.push(start);
    });
  }

  #startNext(): void {
    if (this.#running >= this.#limits.concurrent) return;
    const next = this.#lanes[this.#turn];
    this.#turn = this.#turn === 'token' ? 'key' : 'token';
    (next.length > 0 ? next : this.#lanes[this.#turn]).shift()?.();
  }
}
