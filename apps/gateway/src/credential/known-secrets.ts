import { hash as digest } from 'node:crypto';
import { ownText } from '../http1/own-text.js';
import type { ResolvedCredential } from './resolved-credential.js';

/** Places for secrets, as a power of two. */
const PLACES = 16_384;
/** Neighbouring places in any of which a secret may be. */
const REACH = 8;
/** Elements of a place: the mark of its secret, and what is known of it. Side by side, they come into the processor's cache together. */
const WIDTH = 2;
/** So many new ones, and those that were not used meanwhile are forgotten. */
const NEW_ONES = 5_000;
/** A secret that is not used for so long is forgotten, twice as long at most (milliseconds). */
const UNUSED_MS = 60_000;
/** One in so many of those that are offered is taken. */
const EVERY = 8;
/** Of 32 bits, those that do not choose a place. */
const SHIFT = 32 - Math.log2(PLACES);
/** Last characters that a mark is made of, beside two from further ahead: they are random in all secrets that are given out here. */
const MARKED = 8;

/** What is known of a secret without asking the cache. */
export class KnownSecret {
  /** Whether it was used since those that were not were forgotten. */
  used = true;

  constructor(
    readonly secret: string,
    /** SHA-256, in base64. */
    readonly hash: string,
    /** What the cache said of it, when it last was asked. */
    public credential: ResolvedCredential,
    /** The cache's at that time: as long as that is the same, it would say the same. */
    public version: number,
  ) {}
}

/**
 * Secrets that turned out good are offered here: hashing one again costs a call as much as all the rest of looking it up. What is made up
 * is not, so a flood of it drives out none that is good. Of what is offered some is taken: a secret that comes again and again is soon
 * among it, and where ever other ones come, remembering them costs little. Those that are used no more, the revoked among them, do not
 * stay in memory.
 *
 * A table of our own: a Map reckons the hash of a whole secret, and looks at each candidate in some three other parts of memory.
 */
export class KnownSecrets {
  readonly #places: (number | KnownSecret | null)[] = new Array((PLACES + REACH - 1) * WIDTH).fill(null);
  #offered = 0;
  #newOnes = 0;
  #agedAt = 0;

  /** @returns undefined: it is not remembered */
  get(secret: string): KnownSecret | undefined {
    const places = this.#places;
    const mark = markOf(secret);
    const first = firstPlace(mark);
    for (let at = first; at < first + REACH * WIDTH; at += WIDTH) {
      if (places[at] !== mark) continue;
      const known = places[at + 1] as KnownSecret;
      if (known.secret !== secret) continue;
      if (!known.used) known.used = true;
      return known;
    }
    return undefined;
  }

  /**
   * A secret that is not remembered turned out good.
   * @param hash its SHA-256, in base64
   * @param version of the cache that said what credential it is
   */
  offer(secret: string, hash: string, credential: ResolvedCredential, version: number): void {
    if (++this.#offered % EVERY !== 0) return;
    if (++this.#newOnes >= NEW_ONES) this.#forgetUnused();
    const mark = markOf(secret);
    const at = this.#placeFor(firstPlace(mark));
    this.#places[at] = mark;
    this.#places[at + 1] = new KnownSecret(ownText(secret), hash, credential, version);
  }

  /** A free place, or that of one that was not used of late, or else the first. */
  #placeFor(first: number): number {
    let found = -1;
    for (let at = first; at < first + REACH * WIDTH; at += WIDTH) {
      const known = this.#places[at + 1] as KnownSecret | null;
      if (known === null) return at;
      if (found === -1 && !known.used) found = at;
    }
    return found === -1 ? first : found;
  }

  /** @param now milliseconds since the epoch */
  age(now: number): void {
    if (now - this.#agedAt < UNUSED_MS) return;
    this.#agedAt = now;
    this.#forgetUnused();
  }

  #forgetUnused(): void {
    this.#newOnes = 0;
    const places = this.#places;
    for (let at = 0; at < places.length; at += WIDTH) {
      const known = places[at + 1] as KnownSecret | null;
      if (known === null) continue;
      if (known.used) known.used = false;
      else this.#empty(at);
    }
  }

  forget(secret: string): void {
    const first = firstPlace(markOf(secret));
    for (let at = first; at < first + REACH * WIDTH; at += WIDTH) {
      if ((this.#places[at + 1] as KnownSecret | null)?.secret === secret) this.#empty(at);
    }
  }

  clear(): void {
    this.#places.fill(null);
  }

  #empty(at: number): void {
    this.#places[at] = null;
    this.#places[at + 1] = null;
  }
}

function markOf(secret: string): number {
  const { length } = secret;
  let mark = (length << 16) ^ (secret.charCodeAt(length >> 1) << 8) ^ secret.charCodeAt(length >> 2);
  for (let at = Math.max(0, length - MARKED); at < length; at++) mark = (Math.imul(mark, 31) + secret.charCodeAt(at)) | 0;
  return mark;
}

/** Where in the table the first place of a mark is. Multiplied: neighbouring marks should not be neighbours there. */
function firstPlace(mark: number): number {
  return (Math.imul(mark, 0x9e3779b1) >>> SHIFT) * WIDTH;
}

export function hashOfSecret(secret: string): string {
  return digest('sha256', secret, 'base64');
}
