import { hash as digest } from 'node:crypto';
import { ownText } from '../http1/own-text.js';
import type { ResolvedCredential } from './resolved-credential.js';

/** Secrets that are remembered, twice at most. */
const REMEMBERED = 5_000;
/** A secret that is not used for so long is forgotten, twice as long at most (milliseconds). */
const UNUSED_MS = 60_000;
/** One in so many of those that are offered is taken. */
const EVERY = 8;

/** What is known of a secret without asking the cache. */
export interface KnownSecret {
  /** SHA-256, in base64. */
  readonly hash: string;
  /** What the cache said of it, when it last was asked. */
  credential: ResolvedCredential;
  /** The cache's at that time: as long as that is the same, it would say the same. */
  version: number;
}

/**
 * Secrets that turned out good are offered here: hashing one again costs a call as much as all the rest of looking it up. What is made up
 * is not, so a flood of it drives out none that is good. Of what is offered some is taken: a secret that comes again and again is soon
 * among it, and where ever other ones come, remembering them costs little. Those that are used no more, the revoked among them, do not
 * stay in memory.
 */
export class KnownSecrets {
  #young = new Map<string, KnownSecret>();
  #old = new Map<string, KnownSecret>();
  #offered = 0;
  #agedAt = 0;

  /** @returns undefined: it is not remembered */
  get(secret: string): KnownSecret | undefined {
    const known = this.#young.get(secret);
    if (known !== undefined) return known;
    const old = this.#old.get(secret);
    if (old !== undefined) this.#keep(secret, old);
    return old;
  }

  /** A secret that is not remembered turned out good. */
  offer(secret: string, known: KnownSecret): void {
    if (++this.#offered % EVERY === 0) this.#keep(secret, known);
  }

  #keep(secret: string, known: KnownSecret): void {
    if (this.#young.size >= REMEMBERED) this.#turn();
    this.#young.set(ownText(secret), known);
  }

  /** @param now milliseconds since the epoch */
  age(now: number): void {
    if (now - this.#agedAt < UNUSED_MS) return;
    this.#agedAt = now;
    this.#turn();
  }

  #turn(): void {
    this.#old = this.#young;
    this.#young = new Map();
  }

  forget(secret: string): void {
    this.#young.delete(secret);
    this.#old.delete(secret);
  }

  clear(): void {
    this.#young.clear();
    this.#old.clear();
  }
}

export function hashOfSecret(secret: string): string {
  return digest('sha256', secret, 'base64');
}
