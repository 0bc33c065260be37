import type { ResolvedCredential } from './resolved-credential.js';

/** Elements of a slot: the mark of a key, and the place of what the key leads to; a place of 0 says that the slot is free. */
const SLOT = 2;
/** Elements of a place among what is held: a key and its credential. Side by side, they come into the processor's cache together. */
const PLACE = 2;
/** Elements of a place in the order of use: the place that was used next after it, and the one used last before it. */
const LINKS = 2;
const OLDER = 1;
/** Last characters of a key that its mark is made of: of a hash in base64 they are random, and so are they of ids. */
const MARKED = 10;

/** Why a credential is held no more: it made room for a newer one, or it was taken out or replaced. */
export type Departure = 'evicted' | 'removed';

/**
 * Credentials by their keys, no more than so many; where there is no room for another one, the one that was used longest ago goes.
 *
 * A table of our own: of a million keys in use, none is in the processor's caches when its turn comes. A Map of V8 goes through a chain
 * of two keys on average, each in a part of memory of its own, and takes a microsecond for that; here the first slot says nearly always
 * where the only key to compare is. All room for slots and for the order of use is reserved at once, which costs nothing before it
 * is used: no call waits for the table to grow.
 */
export class CredentialTable {
  readonly #max: number;
  readonly #onGone: (credential: ResolvedCredential, key: string, why: Departure) => void;
  /** Open addressing: a key is in the first slot of its mark or in one of those behind it, with no free one between. */
  readonly #slots: Int32Array;
  /** Right shift of 32 bits that leaves the number of a slot. */
  readonly #shift: number;
  /** By place. Place 0 is nobody's. */
  readonly #held: (string | ResolvedCredential | undefined)[] = [undefined, undefined];
  /** A ring: from place 0 to what was used last, and on to what was used longest ago; back to 0. */
  readonly #order: Int32Array;
  /** Places that were given up, to be used again. */
  readonly #freePlaces: number[] = [];
  #size = 0;

  /** @param onGone is told of each credential that leaves, after it has left */
  constructor(max: number, onGone: (credential: ResolvedCredential, key: string, why: Departure) => void) {
    this.#max = max;
    this.#onGone = onGone;
    // At most half of the slots are taken, so that what is sought is found soon.
    const bits = Math.ceil(Math.log2(max * 2 + 1));
    this.#slots = new Int32Array(SLOT * 2 ** bits);
    this.#shift = 32 - bits;
    this.#order = new Int32Array(LINKS * (max + 1));
  }

  get size(): number {
    return this.#size;
  }

  /** What a key leads to, which is then what was used last. */
  get(key: string): ResolvedCredential | undefined {
    const at = this.#find(key, markOf(key));
    const place = this.#slots[at + 1] as number;
    if (place === 0) return undefined;
    if (this.#order[OLDER] !== place) {
      this.#unlink(place);
      this.#linkAsLast(place);
    }
    return this.#held[place * PLACE + 1] as ResolvedCredential;
  }

  set(key: string, credential: ResolvedCredential): void {
    this.delete(key);
    if (this.#size >= this.#max) this.#evictOldest();
    const mark = markOf(key);
    const at = this.#find(key, mark);
    const place = this.#freePlaces.pop() ?? this.#held.length / PLACE;
    this.#slots[at] = mark;
    this.#slots[at + 1] = place;
    this.#held[place * PLACE] = key;
    this.#held[place * PLACE + 1] = credential;
    this.#linkAsLast(place);
    this.#size++;
  }

  delete(key: string): void {
    const at = this.#find(key, markOf(key));
    if (this.#slots[at + 1] !== 0) this.#remove(at, 'removed');
  }

  clear(): void {
    for (const [key] of [...this.entries()]) this.delete(key);
  }

  /** The ones used last first. They are not used by being listed. Whoever goes through them changes nothing meanwhile. */
  *entries(): Generator<[string, ResolvedCredential]> {
    for (let place = this.#order[OLDER] as number; place !== 0; place = this.#order[place * LINKS + OLDER] as number) {
      yield [this.#held[place * PLACE] as string, this.#held[place * PLACE + 1] as ResolvedCredential];
    }
  }

  /** @returns where its slot is, or else the free slot that it may have */
  #find(key: string, mark: number): number {
    const slots = this.#slots;
    const last = slots.length - SLOT;
    for (let at = this.#firstSlot(mark); ; at = at === last ? 0 : at + SLOT) {
      const place = slots[at + 1] as number;
      if (place === 0 || (slots[at] === mark && this.#held[place * PLACE] === key)) return at;
    }
  }

  /** Multiplied: neighbouring marks should not be neighbours here. */
  #firstSlot(mark: number): number {
    return (Math.imul(mark, 0x9e3779b1) >>> this.#shift) * SLOT;
  }

  #evictOldest(): void {
    const oldest = this.#order[0] as number;
    const key = this.#held[oldest * PLACE] as string;
    this.#remove(this.#find(key, markOf(key)), 'evicted');
  }

  #remove(at: number, why: Departure): void {
    const place = this.#slots[at + 1] as number;
    const key = this.#held[place * PLACE] as string;
    const credential = this.#held[place * PLACE + 1] as ResolvedCredential;
    this.#freeSlot(at);
    this.#unlink(place);
    this.#held[place * PLACE] = undefined;
    this.#held[place * PLACE + 1] = undefined;
    this.#freePlaces.push(place);
    this.#size--;
    this.#onGone(credential, key, why);
  }

  /** Those behind it that would no longer be found move up: from their first slot to where they are, none may be free. */
  #freeSlot(at: number): void {
    const slots = this.#slots;
    const { length } = slots;
    let free = at;
    for (let next = (at + SLOT) % length; slots[next + 1] !== 0; next = (next + SLOT) % length) {
      const first = this.#firstSlot(slots[next] as number);
      // How far it is from its first slot, and from the free one: not moved where its first one lies behind the free one.
      if ((next - first + length) % length < (next - free + length) % length) continue;
      slots[free] = slots[next] as number;
      slots[free + 1] = slots[next + 1] as number;
      free = next;
    }
    slots[free] = 0;
    slots[free + 1] = 0;
  }

  #unlink(place: number): void {
    const order = this.#order;
    const newer = order[place * LINKS] as number;
    const older = order[place * LINKS + OLDER] as number;
    order[newer * LINKS + OLDER] = older;
    order[older * LINKS] = newer;
  }

  #linkAsLast(place: number): void {
    const order = this.#order;
    const older = order[OLDER] as number;
    order[place * LINKS] = 0;
    order[place * LINKS + OLDER] = older;
    order[older * LINKS] = place;
    order[OLDER] = place;
  }
}

function markOf(key: string): number {
  const { length } = key;
  let mark = length;
  for (let at = Math.max(0, length - MARKED); at < length; at++) mark = (Math.imul(mark, 31) + key.charCodeAt(at)) | 0;
  return mark;
}
