/**
 * Signing keys of the installation. The private keys live encrypted in the database and are shared by every auth-server; each
 * holds them in memory and looks after them: makes the first ones, rotates them by age, removes the old. Flow: decide-key-changes →
 * key-rotation → here → whoever signs. Readers of signatures use verification-keys. Must not import an app.
 */
import { importJWK, type JWK } from 'jose';
import type { SigningAlgorithm, SigningKeyStore } from '#persistence/signing-key/signing-key.store.js';
import type { Logger } from '#process/logger.js';
import type { RootSecret } from '#secrets/root-secret.js';
import { changeKeys } from './key-rotation.js';
import { KeySealer } from './sealed-key.js';

/** The key that signs now. */
export interface Signer {
  readonly kid: string;
  readonly alg: SigningAlgorithm;
  readonly key: CryptoKey;
}

interface HeldSigner extends Signer {
  readonly signsFrom: number;
}

/** Milliseconds between two looks at the keys of the database; far less than a new key waits before it signs. */
const REREAD = 10_000;
/** Milliseconds for which a reading of the keys counts: one that shall sign no more, or was removed, is used no longer than that. */
export const SIGNER_FRESHNESS = 2_000;

export interface SigningKeysDeps {
  readonly store: SigningKeyStore;
  readonly rootSecret: RootSecret;
  readonly logger: Logger;
  /** Seconds that the longest-lived token lives which is signed now. */
  readonly longestTokenLife: () => number;
}

export class SigningKeys {
  readonly #deps: SigningKeysDeps;
  readonly #sealer: KeySealer;
  #ready: Promise<void> | null = null;
  #signers: readonly HeldSigner[] = [];
  #published: readonly JWK[] = [];
  #heldAt = Number.NEGATIVE_INFINITY;
  #rereading: Promise<void> | null = null;
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(deps: SigningKeysDeps) {
    this.#deps = deps;
    this.#sealer = new KeySealer(deps.rootSecret);
  }

  /** Begins to hold the keys and to look after them. */
  start(): void {
    this.#round = this.#held().catch((error: Error) => this.#report(error));
    this.#again();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#round;
  }

  /** The key by which a token is to be signed now. @throws where the keys cannot be read */
  async signer(alg: SigningAlgorithm): Promise<Signer> {
    await this.#fresh();
    const now = Date.now();
    const own = this.#signers.filter((signer) => signer.alg === alg);
    const signer = own.findLast(({ signsFrom }) => signsFrom <= now) ?? own[0];
    if (signer === undefined) throw new Error(`There is no ${alg} key whose private half can be opened`);
    return signer;
  }

  /** The public key set (RFC 7517 §5): keys that sign, those that did and whose tokens may live, and those that will. */
  async keySet(): Promise<{ readonly keys: readonly JWK[] }> {
    await this.#fresh();
    return { keys: this.#published };
  }

  /** Whoever comes before the first reading waits for it; one that failed is tried again. */
  #held(): Promise<void> {
    this.#ready ??= this.#lookAfter().catch((error) => {
      this.#ready = null;
      throw error;
    });
    return this.#ready;
  }

  async #fresh(): Promise<void> {
    await this.#held();
    if (performance.now() - this.#heldAt >= SIGNER_FRESHNESS) await this.#reread();
  }

  /** Whoever comes meanwhile waits for the same reading. */
  #reread(): Promise<void> {
    this.#rereading ??= this.#hold().finally(() => {
      this.#rereading = null;
    });
    return this.#rereading;
  }

  #again(): void {
    this.#timer = setTimeout(() => {
      this.#round = this.#round
        .then(() => this.#lookAfter())
        .catch((error: Error) => this.#report(error))
        .then(() => {
          if (!this.#stopped) this.#again();
        });
    }, REREAD).unref();
  }

  #report(error: Error): void {
    this.#deps.logger.warn({ error: error.message }, 'The signing keys could not be looked after.');
  }

  async #lookAfter(): Promise<void> {
    const { store, logger, longestTokenLife } = this.#deps;
    const { add, promote } = await changeKeys(store, this.#sealer, false);
    if (add.length > 0) logger.info({ added: add.map(({ key }) => key.kid), promoted: promote }, 'signing keys changed');
    await store.raiseTokenLife(longestTokenLife());
    await store.deleteRetired();
    await this.#hold();
  }

  async #hold(): Promise<void> {
    const begun = performance.now();
    const keys = await this.#deps.store.list();
    const signers: HeldSigner[] = [];
    for (const { kid, alg, sealedPrivate, signsFrom } of keys) {
      if (signsFrom === null) continue;
      const known = this.#signers.find((signer) => signer.kid === kid);
      const jwk = known ? null : this.#sealer.open(kid, sealedPrivate);
      // A key sealed under another secret still verifies what it signed; it signs nothing here.
      if (!known && jwk === null) continue;
      signers.push({ kid, alg, signsFrom: signsFrom.getTime(), key: known?.key ?? ((await importJWK(jwk as JWK, alg)) as CryptoKey) });
    }
    // Of two readings the later one counts.
    if (begun < this.#heldAt) return;
    this.#heldAt = begun;
    this.#signers = signers;
    this.#published = keys.map((key) => key.publicJwk as JWK);
  }
}
