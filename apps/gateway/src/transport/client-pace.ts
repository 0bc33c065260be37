/** How slow a client may be, and for how long. */
export interface PaceLimits {
  /** Bytes a second; 0: as slow as it likes. */
  readonly rate: number;
  /** Seconds. */
  readonly patience: number;
}

/**
 * Whether a client that is waited for moves fast enough: a bucket of patience, which each second empties by one and each byte fills
 * again, up to its size. So a silent client has all of it, and one that is a little too slow has it for longer.
 */
export class ClientPace {
  readonly #limits: PaceLimits;
  #patience: number;
  #bytes: number;

  /** @param bytes that the client has moved so far */
  constructor(limits: PaceLimits, bytes: number) {
    this.#limits = limits;
    this.#patience = limits.patience;
    this.#bytes = bytes;
  }

  /** Called each second in which the client is waited for. @param bytes that it has moved so far. @returns whether it is too slow */
  tick(bytes: number): boolean {
    const { rate, patience } = this.#limits;
    if (rate === 0) return false;
    this.#patience = Math.min(patience, this.#patience - 1 + (bytes - this.#bytes) / rate);
    this.#bytes = bytes;
    return this.#patience <= 0;
  }
}
