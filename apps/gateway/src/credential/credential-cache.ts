import { LRUCache } from 'lru-cache';
import type { Change } from '#persistence/change/change-event.js';
import { CredentialTable, type Departure } from './credential-table.js';
import type { ResolvedCredential } from './resolved-credential.js';
import { shareParts } from './share-parts.js';

export interface CredentialCacheLimits {
  readonly known: number;
  readonly unknown: number;
  /** Milliseconds for which a credential that does not exist is remembered. */
  readonly unknownTtl: number;
}

/** What may change about a credential, as names: `subscription:<id>`, `access_token:<hash in hex>`, … */
export type SubjectName = `${Change['kind']}:${string}`;

export function subjectName({ kind, subjectId }: Change): SubjectName {
  return `${kind}:${subjectId}`;
}

/** What a credential shares with others, and is indexed by. */
export function subjectsOf({ facts, signedBy }: ResolvedCredential): SubjectName[] {
  const subjects: SubjectName[] = [`subscription:${facts.subscriptionId}`, `application:${facts.applicationId}`];
  if (facts.user !== null) subjects.push(`user:${facts.user.id}`);
  if (facts.familyId !== null) subjects.push(`token_family:${facts.familyId}`);
  if (signedBy !== null) subjects.push(`signing_key:${signedBy}`);
  return subjects;
}

const TOKEN_SUBJECT = 'access_token:';

/** The token that a change names, as it is called here: SHA-256 in base64. null: the change names something else. */
export function tokenNamed(subject: SubjectName): string | null {
  return subject.startsWith(TOKEN_SUBJECT) ? Buffer.from(subject.slice(TOKEN_SUBJECT.length), 'hex').toString('base64') : null;
}

/**
 * Credentials by the SHA-256 of their secret, and an index by what may change about them. Those that do not exist are kept apart,
 * so that a flood of made-up tokens drives out none that is good.
 */
export class CredentialCache {
  readonly #known: CredentialTable;
  readonly #unknown: LRUCache<string, true>;
  /** Most subjects have one credential: a set for each would weigh more than the credential. */
  readonly #bySubject = new Map<SubjectName, string | Set<string>>();
  /** Good entries that made room for newer ones. */
  evictions = 0;
  /**
   * Grows whenever a good entry comes or goes, and when they are listed. While it stays the same, what was found here is here, and to ask
   * again would say nothing of which entries were used last: none goes for having rested without another one coming.
   */
  version = 0;

  /** The latest credential of each subscription. Not taken from the index: the first of a large set is slow to find once others before it are gone. */
  readonly #latest = new LRUCache<string, ResolvedCredential>({ max: 10_000 });

  constructor(limits: CredentialCacheLimits) {
    this.#known = new CredentialTable(limits.known, (credential, hash, why) => this.#drop(credential, hash, why));
    this.#unknown = new LRUCache({ max: limits.unknown, ttl: limits.unknownTtl });
  }

  get size(): number {
    return this.#known.size;
  }

  get unknownSize(): number {
    return this.#unknown.size;
  }

  /** @returns null: known not to exist; undefined: not known */
  get(hash: string): ResolvedCredential | null | undefined {
    return this.#known.get(hash) ?? (this.#unknown.has(hash) ? null : undefined);
  }

  /** Good credentials by their keys, the ones used last first. */
  entries(): Iterable<[string, ResolvedCredential]> {
    this.version++;
    return this.#known.entries();
  }

  set(hash: string, credential: ResolvedCredential | null): void {
    if (credential === null) {
      this.#unknown.set(hash, true);
      return;
    }
    this.version++;
    // Set first: replacing an entry disposes of the old one, which takes its names out of the index.
    this.#known.set(hash, this.#lighten(credential));
    this.#unknown.delete(hash);
    for (const subject of subjectsOf(credential)) {
      const hashes = this.#bySubject.get(subject);
      if (hashes === undefined) this.#bySubject.set(subject, hash);
      else if (typeof hashes === 'string') this.#bySubject.set(subject, new Set([hashes, hash]));
      else hashes.add(hash);
    }
  }

  delete(hash: string): void {
    this.#known.delete(hash);
  }

  /** Forgets every credential that a change concerns. */
  forget(subject: SubjectName): void {
    const token = tokenNamed(subject);
    if (token !== null) this.#known.delete(token);
    const hashes = this.#bySubject.get(subject);
    if (typeof hashes === 'string') this.#known.delete(hashes);
    else for (const hash of [...(hashes ?? [])]) this.#known.delete(hash);
  }

  clear(): void {
    this.#known.clear();
    this.#unknown.clear();
    this.#latest.clear();
  }

  /** Credentials of one subscription say much the same: what is equal is kept once. */
  #lighten(credential: ResolvedCredential): ResolvedCredential {
    const { subscriptionId } = credential.facts;
    const latest = this.#latest.get(subscriptionId);
    const light = latest === undefined ? credential : shareParts(credential, latest);
    this.#latest.set(subscriptionId, light);
    return light;
  }

  #drop(credential: ResolvedCredential, hash: string, why: Departure): void {
    this.version++;
    if (why === 'evicted') this.evictions++;
    for (const subject of subjectsOf(credential)) {
      const hashes = this.#bySubject.get(subject);
      if (typeof hashes === 'object') hashes.delete(hash);
      if (hashes === hash || (typeof hashes === 'object' && hashes.size === 0)) this.#bySubject.delete(subject);
    }
  }
}
