/**
 * Turns a secret into what is known of it: cache first, then the database, once for all calls that ask for the same secret at the
 * same time. The change feed tells it what to forget.
 */
import type { Change } from '#persistence/change/change-event.js';
import type { Credential } from '#persistence/credential/credential.js';
import { isWellFormedToken } from '#secrets/token.js';
import { isShapedAsJwt, type VerifiedAccessToken } from '#signing/access-token.js';
import { CredentialCache, type CredentialCacheLimits, type SubjectName, subjectName, subjectsOf, tokenNamed } from './credential-cache.js';
import { hashOfSecret, KnownSecrets } from './known-secrets.js';
import { LookupGate, type LookupGateLimits, LookupsFullError } from './lookup-gate.js';
import { describeCredential, type ResolvedCredential } from './resolved-credential.js';
import { describeSigned, type SignedTokens } from './signed-tokens.js';
import { VerificationBudget, type VerificationLimits } from './verification-budget.js';

/** Where credentials are looked up. @throws where the store cannot be reached */
export type FindCredential = (kind: Credential['kind'], hash: Buffer) => Promise<Credential | null>;

/** What changed while a look-up ran: its answer may be from before that, and is then used once and not kept. */
interface ChangesMeanwhile {
  readonly subjects: Set<SubjectName>;
  all: boolean;
}

interface Lookup {
  readonly promise: Promise<ResolvedCredential | null>;
  readonly meanwhile: ChangesMeanwhile;
}

/** How many credentials of calls were found in memory, known not to exist, or neither. */
export interface ResolutionCounts {
  hits: number;
  negativeHits: number;
  misses: number;
}

export class CredentialResolver {
  readonly counts: ResolutionCounts = { hits: 0, negativeHits: 0, misses: 0 };
  readonly cache: CredentialCache;
  readonly gate: LookupGate;
  readonly #budget: VerificationBudget;
  readonly #secrets = new KnownSecrets();
  readonly #find: FindCredential;
  readonly #signed: SignedTokens | null;
  readonly #lookups = new Map<string, Lookup>();

  /** @param signed null: only opaque tokens are understood */
  constructor(
    find: FindCredential,
    limits: { readonly cache: CredentialCacheLimits; readonly gate: LookupGateLimits; readonly signatures?: VerificationLimits },
    signed: SignedTokens | null = null,
  ) {
    this.#find = find;
    this.#signed = signed;
    this.cache = new CredentialCache(limits.cache);
    this.gate = new LookupGate(limits.gate);
    this.#budget = new VerificationBudget(limits.signatures);
  }

  /**
   * @returns null where there is no such credential; at once where it is cached
   * @throws (rejects) LookupsFullError where too many ask, or the store's error: neither says that the credential is bad
   */
  resolve(kind: Credential['kind'], secret: string): ResolvedCredential | null | Promise<ResolvedCredential | null> {
    const known = this.#secrets.get(secret);
    if (known !== undefined && known.version === this.cache.version) return this.#hit(kind, known.credential);
    const hash = known === undefined ? hashOfSecret(secret) : known.hash;
    const cached = this.cache.get(hash);
    if (cached === null) {
      this.counts.negativeHits++;
      return null;
    }
    if (cached !== undefined) {
      const { version } = this.cache;
      if (known === undefined) this.#secrets.offer(secret, hash, cached, version);
      else {
        known.credential = cached;
        known.version = version;
      }
      return this.#hit(kind, cached);
    }
    if (known !== undefined) this.#secrets.forget(secret);
    this.counts.misses++;
    if (kind === 'key' || isWellFormedToken('accessToken', secret)) {
      return this.#lookUpOnce(hash, () => this.#describe(kind, () => this.#find(kind, Buffer.from(hash, 'base64'))));
    }
    const signed = this.#signed;
    return signed !== null && isShapedAsJwt(secret)
      ? this.#lookUpOnce(hash, (meanwhile) => this.#resolveSigned(signed, secret, meanwhile))
      : null;
  }

  #hit(kind: Credential['kind'], credential: ResolvedCredential): ResolvedCredential | null {
    this.counts.hits++;
    // The same secret may not serve as token and as key.
    return credential.kind === kind ? credential : null;
  }

  /** Forgets what changes concern. Called after each reading of the feed, whether something changed or not. */
  forget(changes: readonly Change[]): void {
    this.#secrets.age(Date.now());
    for (const change of changes) {
      const subject = subjectName(change);
      this.cache.forget(subject);
      for (const lookup of this.#lookups.values()) lookup.meanwhile.subjects.add(subject);
    }
  }

  forgetAll(): void {
    this.cache.clear();
    this.#secrets.clear();
    for (const lookup of this.#lookups.values()) lookup.meanwhile.all = true;
  }

  /** Looks up what is not cached, once for all who ask at the same time. */
  #lookUpOnce(key: string, load: (meanwhile: ChangesMeanwhile) => Promise<ResolvedCredential | null>): Promise<ResolvedCredential | null> {
    const running = this.#lookups.get(key);
    // One during which something changed may answer from before that, and who asks after the change must not be told so.
    if (running && !running.meanwhile.all && running.meanwhile.subjects.size === 0) return running.promise;
    const meanwhile: ChangesMeanwhile = { subjects: new Set(), all: false };
    // One that was followed by another is no longer told of changes.
    const isLatest = (): boolean => this.#lookups.get(key)?.meanwhile === meanwhile;
    const promise = load(meanwhile)
      .then((credential) => {
        if (isLatest() && !meanwhile.all && !concerns(meanwhile.subjects, credential, key)) this.cache.set(key, credential);
        return credential;
      })
      .finally(() => {
        if (isLatest()) this.#lookups.delete(key);
      });
    this.#lookups.set(key, { promise, meanwhile });
    return promise;
  }

  async #describe(kind: Credential['kind'], find: () => Promise<Credential | null>): Promise<ResolvedCredential | null> {
    const facts = await this.gate.run(kind, find);
    return facts && describeCredential(facts, Date.now());
  }

  /** @param grant at whose expense a false signature is, once one of its tokens was good */
  async #verify(signed: SignedTokens, secret: string, grant: string): Promise<VerifiedAccessToken | null> {
    const payer = this.#budget.payerOf(grant);
    if (!this.#budget.spend(payer)) throw new LookupsFullError('Too many signed tokens are false.');
    let isFalse = false;
    try {
      const token = await signed.verify(secret);
      isFalse = token === null;
      if (!isFalse) this.#budget.trust(grant);
      return token;
    } finally {
      if (!isFalse) this.#budget.giveBack(payer);
    }
  }

  /** A signed token is verified here; what it hangs on is held in memory, or else looked up (docs/adr/0008-signed-tokens.md). */
  async #resolveSigned(signed: SignedTokens, secret: string, meanwhile: ChangesMeanwhile): Promise<ResolvedCredential | null> {
    const peeked = await signed.peek(secret);
    if (peeked === null) return null;
    // Keys changed and could not be read: nobody will tell us again that the token's key is one that went.
    if (!signed.keysCurrent) meanwhile.all = true;
    const { subscriptionId, familyId } = peeked;
    const name = `grant:${subscriptionId}:${familyId ?? ''}`;
    const token = await this.#verify(signed, secret, name);
    if (token === null) return null;
    const held = signed.heldGrant(token);
    if (held !== undefined) return held && describeSigned(token, held, Date.now());
    const cached = this.cache.get(name);
    const grant =
      cached !== undefined
        ? cached
        : await this.#lookUpOnce(name, () => this.#describe('token', () => signed.findGrant(subscriptionId, familyId)));
    return grant && describeSigned(token, grant.facts, Date.now());
  }
}

function concerns(changed: ReadonlySet<SubjectName>, credential: ResolvedCredential | null, key: string): boolean {
  if (credential === null || changed.size === 0) return false;
  return subjectsOf(credential).some((subject) => changed.has(subject)) || [...changed].some((subject) => tokenNamed(subject) === key);
}
