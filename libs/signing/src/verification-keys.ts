import { importJWK } from 'jose';
import type { SigningKeyStore, StoredSigningKey } from '#persistence/signing-key/signing-key.store.js';

/** Milliseconds between two readings that an unknown key id may cause: made-up ids do not become a load on the database. */
const UNKNOWN_PAUSE = 5_000;

export type PublicKeyRow = Pick<StoredSigningKey, 'kid' | 'alg' | 'publicJwk'>;

/**
 * Public keys by which tokens of this installation are verified, by key id. They come from the database alone: nothing that a token
 * says about keys but its `kid` is looked at (RFC 8725 §3.10).
 */
export class VerificationKeys {
  readonly #store: Pick<SigningKeyStore, 'list'>;
  readonly #freshFor: number;
  #keys: ReadonlyMap<string, { readonly alg: string; readonly key: CryptoKey }> = new Map();
  #rows: readonly PublicKeyRow[] = [];
  #readAt = Number.NEGATIVE_INFINITY;
  #stale = true;
  /** Grows with each change: a reading that was begun before one does not count as after it. */
  #changes = 0;
  #reading: Promise<void> | null = null;
  #askedAt = Number.NEGATIVE_INFINITY;
  #asking: Promise<void> | null = null;

  /** @param freshFor milliseconds for which a reading counts, where nobody follows the change feed and calls `expire` */
  constructor(store: Pick<SigningKeyStore, 'list'>, freshFor = Number.POSITIVE_INFINITY) {
    this.#store = store;
    this.#freshFor = freshFor;
  }

  /**
   * @param alg algorithm that the token names: each key is for one
   * @returns null where there is no such key for it
   * @throws where the key is not held and the database cannot be read: that says nothing about the token
   */
  async find(kid: string, alg: string): Promise<CryptoKey | null> {
    try {
      if (Date.now() - this.#readAt >= this.#freshFor) await this.#read();
      await this.refresh();
    } catch (error) {
      if (!this.#keys.has(kid)) throw error;
    }
    // A key may be younger than the last reading, and we have not been told of it yet.
    if (!this.#keys.has(kid)) await this.#ask();
    const found = this.#keys.get(kid);
    return found?.alg === alg ? found.key : null;
  }

  /** The keys, as `preload` takes them. */
  get held(): readonly PublicKeyRow[] {
    return this.#rows;
  }

  /** Takes keys that were read earlier, all changes to which will still be told of. */
  async preload(rows: readonly PublicKeyRow[]): Promise<void> {
    await this.#take(rows);
    this.#stale = rows.length === 0;
  }

  /** Reads the keys where they changed, or were never read: they are here before the first token is. @throws where the database cannot be read */
  async refresh(): Promise<void> {
    while (this.#stale) await this.#read();
  }

  /** Whether the keys changed, and could not be read since: what is verified by them is not to be remembered. */
  get stale(): boolean {
    return this.#stale;
  }

  /** Keys changed: they are read again before the next one is used. */
  expire(): void {
    this.#changes++;
    this.#stale = true;
  }

  /** Reads the keys because of one that is not known; not again within the pause. */
  #ask(): Promise<void> {
    if (this.#asking !== null || Date.now() - this.#askedAt < UNKNOWN_PAUSE) return this.#asking ?? Promise.resolve();
    this.#askedAt = Date.now();
    const begunBefore = this.#reading?.catch(() => undefined) ?? Promise.resolve();
    this.#asking = begunBefore
      .then(() => this.#read())
      .catch((error) => {
        this.#askedAt = Number.NEGATIVE_INFINITY;
        throw error;
      })
      .finally(() => {
        this.#asking = null;
      });
    return this.#asking;
  }

  #read(): Promise<void> {
    this.#reading ??= this.#readOnce().finally(() => {
      this.#reading = null;
    });
    return this.#reading;
  }

  /** Until it has come to its end the keys are stale: whoever asks meanwhile waits, and is not served with what changed. */
  async #readOnce(): Promise<void> {
    const changes = this.#changes;
    await this.#take(await this.#store.list());
    this.#readAt = Date.now();
    if (changes === this.#changes) this.#stale = false;
  }

  async #take(rows: readonly PublicKeyRow[]): Promise<void> {
    const keys = rows.map(async ({ kid, alg, publicJwk }) => {
      const key = (await importJWK({ ...publicJwk }, alg)) as CryptoKey;
      return [kid, { alg, key }] as const;
    });
    this.#keys = new Map(await Promise.all(keys));
    this.#rows = rows.map(({ kid, alg, publicJwk }) => ({ kid, alg, publicJwk }));
  }
}
