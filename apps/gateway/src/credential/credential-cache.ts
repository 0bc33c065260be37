import { LRUCache } from 'lru-cache';
import type { Change } from '#persistence/change/change-event.js';
import type { ResolvedCredential } from './resolved-credential.js';

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

/** @param key SHA-256 in base64, or the name of a grant, which no change names */
export function subjectsOf({ facts, signedBy }: ResolvedCredential, key: string): SubjectName[] {
  const subjects: SubjectName[] = [`subscription:${facts.subscriptionId}`, `application:${facts.applicationId}`];
  if (facts.user !== null) subjects.push(`user:${facts.user.id}`);
  if (facts.familyId !== null) subjects.push(`token_family:${facts.familyId}`);
  if (signedBy !== null) subjects.push(`signing_key:${signedBy}`);
  else if (facts.kind === 'token' && !key.startsWith('grant:')) subjects.push(`access_token:${Buffer.from(key, 'base64').toString('hex')}`);
  return subjects;
}

/**
 * Credentials by the SHA-256 of their secret, and an index by what may change about them. Those that do not exist are kept apart,
 * so that a flood of made-up tokens drives out none that is good.
 */
export class CredentialCache {
  readonly #known: LRUCache<string, ResolvedCredential>;
  readonly #unknown: LRUCache<string, true>;
  readonly #bySubject = new Map<SubjectName, Set<string>>();

  constructor(limits: CredentialCacheLimits) {
    this.#known = new LRUCache({ max: limits.known, dispose: (credential, hash) => this.#unindex(credential, hash) });
    this.#unknown = new LRUCache({ max: limits.unknown, ttl: limits.unknownTtl });
  }

  get size(): number {
    return this.#known.size;
  }

  /** @returns null: known not to exist; undefined: not known */
  get(hash: string): ResolvedCredential | null | undefined {
    return this.#known.get(hash) ?? (this.#unknown.has(hash) ? null : undefined);
  }

  set(hash: string, credential: ResolvedCredential | null): void {
    if (credential === null) {
      this.#unknown.set(hash, true);
      return;
    }
    // Set first: replacing an entry disposes of the old one, which takes its names out of the index.
    this.#known.set(hash, credential);
    this.#unknown.delete(hash);
    for (const subject of subjectsOf(credential, hash)) {
      const hashes = this.#bySubject.get(subject);
      if (hashes) hashes.add(hash);
      else this.#bySubject.set(subject, new Set([hash]));
    }
  }

  delete(hash: string): void {
    this.#known.delete(hash);
  }

  /** Forgets every credential that a change concerns. */
  forget(subject: SubjectName): void {
    for (const hash of [...(this.#bySubject.get(subject) ?? [])]) this.#known.delete(hash);
  }

  clear(): void {
    this.#known.clear();
    this.#unknown.clear();
  }

  #unindex(credential: ResolvedCredential, hash: string): void {
    for (const subject of subjectsOf(credential, hash)) {
      const hashes = this.#bySubject.get(subject);
      hashes?.delete(hash);
      if (hashes?.size === 0) this.#bySubject.delete(subject);
    }
  }
}
