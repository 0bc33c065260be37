import type { Carrier, LeanExchange } from './lean-exchange.js';

/** Exchanges that wait until a connection is free, first come first served. */
export class WaitingLine {
  readonly #places: Place[] = [];

  get length(): number {
    return this.#places.length;
  }

  /** @param deadline tick at which patience ends; @param first goes before the others */
  join(exchange: LeanExchange, deadline: number, first: boolean): void {
    const place = new Place(exchange, deadline, () => this.#leave(place));
    exchange.carrier = place;
    if (first) this.#places.unshift(place);
    else this.#places.push(place);
  }

  /** @returns null: nobody waits */
  next(): LeanExchange | null {
    return this.#places.shift()?.exchange ?? null;
  }

  /** @returns those whose patience has ended */
  takeExpired(now: number): LeanExchange[] {
    const expired = this.#places.filter(({ deadline }) => now >= deadline);
    for (const place of expired) this.#leave(place);
    return expired.map(({ exchange }) => exchange);
  }

  #leave(place: Place): void {
    const index = this.#places.indexOf(place);
    if (index !== -1) this.#places.splice(index, 1);
  }
}

/** Nothing of a request that waits is asked for, so nothing of it has to be kept. */
class Place implements Carrier {
  constructor(
    readonly exchange: LeanExchange,
    readonly deadline: number,
    readonly drop: () => void,
  ) {}

  write(): boolean {
    return false;
  }

  end(): void {}

  pause(): void {}

  resume(): void {}
}
