import type { Credential } from '#persistence/credential/credential.js';
import type { GrantPerson, GrantSubscription } from '#persistence/credential/grant.store.js';
import type { VerifiedAccessToken } from '#signing/access-token.js';
import type { SubjectName } from '../credential-cache.js';

/** A token that is older than the last reading of the feed by less may hang on something that is not known yet (milliseconds). */
const FRESH_MS = 60_000;

/** Ids beyond those in use that are no reason yet to forget which are there. */
const SPARE_TEXTS = 1_000;

/** A person who changed; null: there is no such person any more. */
type ChangedPerson = Pick<GrantPerson, 'blocked' | 'groups'> | null;

/** What is held, as it is kept on disk. Times are milliseconds since the epoch. */
export interface GrantList {
  readonly apiIds: readonly string[];
  readonly families: readonly (readonly [id: string, at: number])[];
  readonly people: readonly (readonly [id: string, at: number, ChangedPerson])[];
  readonly doubts: readonly SubjectName[];
}

/**
 * What signed tokens hang on: the subscriptions to APIs that have such tokens, and the list of what ended since one that may still be
 * shown was issued: families that were revoked, and people who changed. What changed and was not read again is in doubt, and nothing
 * is said of it. No I/O.
 */
export class HeldGrants {
  readonly #apiIds = new Set<string>();
  readonly #subscriptions = new Map<string, GrantSubscription>();
  /** In the order of their times. */
  readonly #families = new Map<string, number>();
  readonly #people = new Map<string, { readonly at: number; readonly person: ChangedPerson }>();
  /** Each with the number of its latest change. */
  readonly #doubts = new Map<SubjectName, number>();
  #changes = 0;
  /** Ids of applications, APIs and plans that many subscriptions share are kept once. */
  readonly #texts = new Map<string, string>();
  /** Counts what was done to the subscriptions. */
  revision = 0;

  get counts(): { readonly subscriptions: number; readonly families: number; readonly people: number; readonly doubts: number } {
    return {
      subscriptions: this.#subscriptions.size,
      families: this.#families.size,
      people: this.#people.size,
      doubts: this.#doubts.size,
    };
  }

  /** Ids that are kept once for all who have them. */
  get sharedIds(): number {
    return this.#texts.size;
  }

  /** APIs of which every subscription is held. */
  get apiIds(): ReadonlySet<string> {
    return this.#apiIds;
  }

  /**
   * @param knownAt up to when changes are known, in milliseconds since the epoch
   * @returns what the token hangs on; null: that is gone; undefined: not known here
   */
  find(token: VerifiedAccessToken, knownAt: number): Credential | null | undefined {
    if (!this.#apiIds.has(token.issuer.api.id) || this.#isDoubted(`subscription:${token.subscriptionId}`)) return undefined;
    const subscription = this.#subscriptions.get(token.subscriptionId);
    // It was there when the token was issued: if we knew everything of a later time, it is gone.
    if (subscription === undefined) return token.issuedAt * 1_000 + FRESH_MS < knownAt ? null : undefined;
    if (this.#isDoubted(`application:${subscription.applicationId}`)) return undefined;
    if (token.familyId === null) return describe(subscription, token, null, false);
    if (token.groups === null || this.#isDoubted(`user:${token.userId}`)) return undefined;
    const changed = this.#people.get(token.userId as string);
    if (changed?.person === null) return null;
    const { blocked, groups } = changed?.person ?? { blocked: false, groups: token.groups };
    const { namespace, authenticatedUserid } = token;
    const user = { id: token.userId as string, blocked, groups, namespace, authenticatedUserid };
    return describe(subscription, token, user, this.#families.has(token.familyId));
  }

  /** Something changed: nothing is said of it before it was read again. */
  doubt(subject: SubjectName): void {
    this.#doubts.set(subject, ++this.#changes);
  }

  endFamily(id: string, at: number): void {
    this.#families.delete(id);
    this.#families.set(id, at);
  }

  /** From here on all subscriptions to these APIs are held. */
  cover(apiIds: readonly string[]): void {
    for (const id of apiIds) this.#apiIds.add(id);
  }

  /** Takes subscriptions that were read. Nothing is said of those that changed meanwhile: they are in doubt, and will be read again. */
  add(subscriptions: readonly GrantSubscription[]): void {
    for (const subscription of subscriptions) this.#set(subscription);
  }

  /** The next things to read again. */
  doubts(most: number): ReadonlyMap<SubjectName, number> {
    const some = new Map<SubjectName, number>();
    for (const [subject, change] of this.#doubts) {
      if (some.size === most) break;
      some.set(subject, change);
    }
    return some;
  }

  /**
   * Takes what was read of things in doubt; what changed again meanwhile stays in doubt.
   * @param asked as of `doubts`; what was not found is gone
   * @param now milliseconds since the epoch
   */
  settle(
    asked: ReadonlyMap<SubjectName, number>,
    found: { readonly subscriptions: readonly GrantSubscription[]; readonly people: readonly GrantPerson[] },
    now: number,
  ): void {
    const people = new Map(found.people.map(({ id, blocked, groups }) => [id, { blocked, groups }]));
    const settled = [...asked].filter(([subject, change]) => this.#doubts.get(subject) === change).map(([subject]) => subject);
    for (const subject of settled) this.#doubts.delete(subject);
    this.#drop(new Set(settled));
    this.add(found.subscriptions);
    for (const subject of settled) {
      if (!subject.startsWith('user:')) continue;
      const id = subject.slice('user:'.length);
      this.#people.delete(id);
      this.#people.set(id, { at: now, person: people.get(id) ?? null });
    }
  }

  /** Leaves out what ended so long ago that no token from before it lives. @param before milliseconds since the epoch */
  prune(before: number): void {
    for (const [id, at] of this.#families) {
      if (at >= before) break;
      this.#families.delete(id);
    }
    for (const [id, { at }] of this.#people) {
      if (at >= before) break;
      this.#people.delete(id);
    }
  }

  clear(): void {
    for (const held of [this.#apiIds, this.#subscriptions, this.#families, this.#people, this.#doubts, this.#texts]) held.clear();
    this.revision++;
  }

  get list(): GrantList {
    return {
      apiIds: [...this.#apiIds],
      families: [...this.#families],
      people: Array.from(this.#people, ([id, { at, person }]) => [id, at, person] as const),
      doubts: [...this.#doubts.keys()],
    };
  }

  get subscriptions(): Iterable<GrantSubscription> {
    return this.#subscriptions.values();
  }

  /** Takes what was kept. */
  restore({ apiIds, families, people, doubts }: GrantList, subscriptions: readonly GrantSubscription[]): void {
    this.add(subscriptions);
    for (const [id, at] of families) this.#families.set(id, at);
    for (const [id, at, person] of people) this.#people.set(id, { at, person });
    for (const subject of doubts) this.doubt(subject);
    this.cover(apiIds);
  }

  #isDoubted(subject: SubjectName): boolean {
    return this.#doubts.size > 0 && this.#doubts.has(subject);
  }

  #set(subscription: GrantSubscription): void {
    const { applicationId, apiId, planId } = subscription;
    this.#subscriptions.set(subscription.id, {
      ...subscription,
      applicationId: this.#share(applicationId),
      apiId: this.#share(apiId),
      planId: this.#share(planId),
    });
    this.revision++;
  }

  /** Subscriptions, and all of applications, that are no longer known. */
  #drop(subjects: ReadonlySet<SubjectName>): void {
    let ofApplications = false;
    for (const subject of subjects) {
      if (subject.startsWith('subscription:')) this.#subscriptions.delete(subject.slice('subscription:'.length));
      ofApplications ||= subject.startsWith('application:');
    }
    if (ofApplications)
      for (const { id, applicationId } of this.#subscriptions.values())
        if (subjects.has(`application:${applicationId}`)) this.#subscriptions.delete(id);
    this.revision++;
  }

  #share(text: string): string {
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    // Hardly more are in use than there are subscriptions: most of these are of what is gone. Who comes from here on shares anew.
    if (this.#texts.size > 2 * this.#subscriptions.size + SPARE_TEXTS) this.#texts.clear();
    this.#texts.set(text, text);
    return text;
  }
}

function describe(
  subscription: GrantSubscription,
  token: VerifiedAccessToken,
  user: Credential['user'],
  familyRevoked: boolean,
): Credential {
  return {
    kind: 'token',
    applicationId: subscription.applicationId,
    applicationBlocked: subscription.applicationBlocked,
    subscriptionId: subscription.id,
    subscriptionStatus: subscription.status,
    apiId: subscription.apiId,
    planId: subscription.planId,
    identifier: subscription.clientId ?? '',
    scopes: [],
    user,
    familyId: token.familyId,
    familyRevoked,
    signedEnded: token.familyId === null ? subscription.signedEnded : null,
    remainingMs: null,
  };
}
