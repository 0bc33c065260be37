import { hash as digest } from 'node:crypto';
import { ownText } from '../http1/own-text.js';

/** Secrets whose hashes are remembered, twice at most. */
const REMEMBERED = 5_000;
/** One in so many of those that are offered is taken. */
const EVERY = 8;

/**
 * SHA-256 of secrets, in base64. Those that turned out good are offered here: hashing one again costs a call as much as all the rest of
 * looking it up. What is made up is not, so a flood of it drives out none that is good. Of what is offered some is taken: a secret that
 * comes again and again is soon among it, and where ever other ones come, remembering them costs little.
 */
export class SecretHashes {
  #young = new Map<string, string>();
  #old = new Map<string, string>();
  #offered = 0;

  /** @returns undefined: it is not remembered */
  get(secret: string): string | undefined {
    const known = this.#young.get(secret);
    if (known !== undefined) return known;
    const old = this.#old.get(secret);
    if (old !== undefined) this.#keep(secret, old);
    return old;
  }

  /** A secret that is not remembered turned out good. */
  offer(secret: string, hash: string): void {
    if (++this.#offered % EVERY === 0) this.#keep(secret, hash);
  }

  #keep(secret: string, hash: string): void {
    if (this.#young.size >= REMEMBERED) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(ownText(secret), hash);
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
