/**
 * What signed tokens hang on, held in memory so that one that was never seen before needs no look-up, and none is refused for want of a
 * database (docs/adr/0008-signed-tokens.md). Read page by page in the background once the change feed was entered, so that no change
 * is lost between the reading and the feed, and kept true by the feed from then on.
 */
import type { RegistrySnapshot } from '#config/registry.js';
import type { Change } from '#persistence/change/change-event.js';
import type { Credential } from '#persistence/credential/credential.js';
import type { GrantStore, GrantSubscription, LastingChange } from '#persistence/credential/grant.store.js';
import type { Logger } from '#process/logger.js';
import type { VerifiedAccessToken } from '#signing/access-token.js';
import type { VerificationKeys } from '#signing/verification-keys.js';
import type { CredentialForgetter } from '../change-follower.js';
import { subjectName } from '../credential-cache.js';
import { type GrantList, HeldGrants } from './held-grants.js';

/** For so long after the last reading of the feed, what is held is trusted (milliseconds): what tokens live by default. */
export const HELD_GRANTS_BOUND_MS = 3_600_000;
/** What ended is held for longer than tokens live: clocks differ, and a longer life may be set before we hear of it (milliseconds). */
const SPARE_MS = 3_600_000;
/** Rows that one statement reads. */
const PAGE = 1_000;
/** Subscriptions, revoked families and changed people, each, that are held at most. */
const MOST_HELD = 250_000;
/** Milliseconds until it is tried again where there were more. */
const FULL_PAUSE_MS = 600_000;

export interface SignedGrantsDeps {
  readonly store: Pick<GrantStore, 'listSubscriptions' | 'findSubscriptions' | 'findPeople' | 'listLastingChanges'>;
  /** Seconds that a token lives at most, of those that were issued before the config in force. */
  readonly longestTokenLife: () => Promise<number>;
  readonly keys: Pick<VerificationKeys, 'expire' | 'refresh'>;
  readonly snapshot: () => RegistrySnapshot;
  /** Milliseconds since the change feed was read. */
  readonly feedAge: () => number;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
}

export interface KeptGrants extends GrantList {
  /** Seconds. */
  readonly tokenLife: number;
}

export class SignedGrants implements CredentialForgetter {
  readonly #deps: SignedGrantsDeps;
  readonly #most: number;
  readonly #held = new HeldGrants();
  /** Seconds that tokens live at most, by what the deps' `longestTokenLife` said and every config since. */
  #tokenLife = 0;
  #fullUntil = 0;
  #working: Promise<void> | null = null;
  #failing = false;
  /** What is being read belongs to the past once this has grown. */
  #beginnings = 0;

  /** @param most things of one kind that are held */
  constructor(deps: SignedGrantsDeps, most = MOST_HELD) {
    this.#deps = deps;
    this.#most = most;
  }

  get counts(): HeldGrants['counts'] {
    return this.#held.counts;
  }

  /** Whether every API with signed tokens has what they hang on here. */
  get complete(): boolean {
    return this.#missingApis().length === 0;
  }

  /** @returns what a token hangs on; null: that is gone; undefined: look it up */
  find(token: VerifiedAccessToken): Credential | null | undefined {
    const age = this.#deps.feedAge();
    return age >= HELD_GRANTS_BOUND_MS ? undefined : this.#held.find(token, Date.now() - age);
  }

  forget(changes: readonly Change[]): void {
    if (changes.some(({ kind }) => kind === 'signing_key')) this.#deps.keys.expire();
    const now = Date.now();
    // What ended may matter as soon as somebody has begun to read.
    if (this.#held.apiIds.size > 0 || this.#working !== null) for (const change of changes) this.#note(change, now);
    this.#held.prune(now - this.#longestLifeMs() - SPARE_MS);
    this.#work();
  }

  /** What is held has a bound of its own, so it is dropped only where changes were missed. */
  forgetAll(missed: boolean): void {
    if (!missed) return;
    this.#deps.keys.expire();
    this.#beginnings++;
    this.#held.clear();
    this.#work();
  }

  /** The config changed. */
  follow(): void {
    this.#work();
  }

  /** @returns null where nothing is held */
  get kept(): { readonly list: KeptGrants; readonly subscriptions: Iterable<GrantSubscription>; readonly revision: number } | null {
    const { list, subscriptions, revision } = this.#held;
    if (list.apiIds.length === 0) return null;
    return { list: { ...list, tokenLife: this.#longestLifeMs() / 1_000 }, subscriptions, revision };
  }

  /** Takes what was kept; all changes since are still to be read. */
  restore(list: KeptGrants, subscriptions: readonly GrantSubscription[]): void {
    this.#tokenLife = list.tokenLife;
    this.#held.restore(list, subscriptions);
  }

  #note(change: Change, now: number): void {
    if (change.kind === 'token_family') this.#held.endFamily(change.subjectId, now);
    else if (change.kind === 'subscription' || change.kind === 'application' || change.kind === 'user')
      this.#held.doubt(subjectName(change));
  }

  #missingApis(): string[] {
    const { apis } = this.#deps.snapshot();
    return [...apis.values()].filter(({ id, oauth2 }) => oauth2?.tokenFormat === 'jwt' && !this.#held.apiIds.has(id)).map(({ id }) => id);
  }

  #longestLifeMs(): number {
    const lives = [...this.#deps.snapshot().apis.values()].map(({ oauth2 }) => oauth2?.accessTokenTtl ?? 0);
    // Tokens that were issued under an earlier config live as long as that said.
    this.#tokenLife = Math.max(this.#tokenLife, ...lives);
    return this.#tokenLife * 1_000;
  }

  /** Reads what is missing or in doubt, one thing at a time. What fails is begun again at the next reading of the feed. */
  #work(): void {
    const { logger, keys } = this.#deps;
    if (this.#working !== null || Date.now() < this.#fullUntil) return;
    const missing = this.#missingApis();
    if (missing.length === 0 && this.#held.apiIds.size === 0) return;
    const beginning = this.#beginnings;
    const work = async (): Promise<void> => {
      await keys.refresh();
      if (missing.length > 0) await this.#load(missing, beginning);
      while (this.#isLatest(beginning) && this.#held.counts.doubts > 0) await this.#settle(beginning);
    };
    this.#working = work()
      .then(
        () => {
          this.#failing = false;
        },
        (error: Error) => {
          if (!this.#failing) logger.warn({ error: error.message }, 'What signed tokens hang on cannot be read.');
          this.#failing = true;
        },
      )
      .finally(() => {
        this.#working = null;
        if (!this.#isLatest(beginning)) this.#work();
      });
  }

  #isLatest(beginning: number): boolean {
    return beginning === this.#beginnings;
  }

  async #load(apiIds: readonly string[], beginning: number): Promise<void> {
    const { store, longestTokenLife, logger } = this.#deps;
    const begun = performance.now();
    // Of a reading that failed before nobody was told what changed since.
    if (this.#held.apiIds.size === 0) {
      this.#held.clear();
      this.#tokenLife = await longestTokenLife();
      await this.#loadLastingChanges(beginning);
    }
    for (let after: string | null = null; this.#isLatest(beginning); ) {
      const page: GrantSubscription[] = await store.listSubscriptions(apiIds, after, PAGE);
      if (!this.#isLatest(beginning)) return;
      this.#held.add(page);
      if (this.#isFull()) return;
      if (page.length < PAGE) break;
      after = (page.at(-1) as GrantSubscription).id;
    }
    if (!this.#isLatest(beginning)) return;
    this.#held.cover(apiIds);
    logger.info({ ...this.#held.counts, ms: Math.round(performance.now() - begun) }, 'Signed tokens need no look-up');
  }

  async #loadLastingChanges(beginning: number): Promise<void> {
    for (let after: LastingChange['position'] | null = null; this.#isLatest(beginning); ) {
      const page: LastingChange[] = await this.#deps.store.listLastingChanges(after, PAGE);
      if (!this.#isLatest(beginning)) return;
      const now = Date.now();
      for (const { kind, id, age } of page) {
        if (kind === 'user') this.#held.doubt(`user:${id}`);
        else this.#held.endFamily(id, now - age * 1_000);
      }
      if (page.length < PAGE) return;
      after = (page.at(-1) as LastingChange).position;
    }
  }

  /** Reads some of what is in doubt again. */
  async #settle(beginning: number): Promise<void> {
    const { store } = this.#deps;
    const asked = this.#held.doubts(PAGE);
    const idsOf = (kind: Change['kind']): string[] =>
      [...asked.keys()].filter((subject) => subject.startsWith(`${kind}:`)).map((subject) => subject.slice(kind.length + 1));
    const apiIds = [...this.#held.apiIds, ...this.#missingApis()];
    const [subscriptionIds, applicationIds, userIds] = [idsOf('subscription'), idsOf('application'), idsOf('user')];
    const ofSubscriptions = subscriptionIds.length + applicationIds.length > 0;
    const subscriptions = ofSubscriptions ? await store.findSubscriptions(apiIds, subscriptionIds, applicationIds) : [];
    const people = userIds.length > 0 ? await store.findPeople(userIds) : [];
    if (!this.#isLatest(beginning)) return;
    this.#held.settle(asked, { subscriptions, people }, Date.now());
    this.#isFull();
  }

  /** Past the bound nothing is held, and each token's grant is looked up. */
  #isFull(): boolean {
    const { subscriptions, families, people, doubts } = this.#held.counts;
    if (Math.max(subscriptions, families, people + doubts) <= this.#most) return false;
    this.#deps.logger.warn(
      { subscriptions, families, people, most: this.#most },
      'Signed tokens hang on more than is held in memory: what a new one hangs on is looked up, and is not known while the database is away.',
    );
    this.#fullUntil = Date.now() + FULL_PAUSE_MS;
    this.#beginnings++;
    this.#held.clear();
    return true;
  }
}
