import type { Logger } from '#process/logger.js';
import type { VerificationKeys } from '#signing/verification-keys.js';
import { type ChangeFollower, type CredentialForgetter, STALE_BOUND_MS } from './change-follower.js';
import type { ChangeJournal } from './change-journal.js';
import type { CredentialCache } from './credential-cache.js';
import type { CredentialFile, KeptCredential } from './credential-file.js';
import { HELD_GRANTS_BOUND_MS, type SignedGrants } from './grants/signed-grants.js';
import { mergeKept } from './merge-kept.js';
import { describeCredential } from './resolved-credential.js';

/** What a crash forgets: credentials met for the first time since the last writing (milliseconds). */
const SAVE_MS = 30_000;
/** Longest trusted after the last reading of the feed. */
const BOUNDS = { credentials: STALE_BOUND_MS, grants: HELD_GRANTS_BOUND_MS };
/** The ones used last. */
const MOST_KEPT = 10_000;

export interface KeeperDeps {
  readonly file: CredentialFile;
  readonly cache: CredentialCache;
  readonly grants: SignedGrants;
  readonly follower: ChangeFollower;
  readonly journal: ChangeJournal;
  /** Are told what the journal holds, as they were when it was read. */
  readonly forgetters: readonly CredentialForgetter[];
  readonly keys: VerificationKeys;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
}

/**
 * Keeps known credentials, and what signed tokens hang on, on disk, with the place in the change feed up to which they are good, so that a gateway that starts while the
 * database is away serves the callers that it knew: for as long as it would have without the restart, and none that was revoked before
 * (docs/adr/0015-surviving-gateways.md).
 */
export class CredentialKeeper {
  readonly #deps: KeeperDeps;
  #timer: NodeJS.Timeout | undefined;
  #saving: Promise<void> = Promise.resolve();
  /** Of the subscriptions that are on disk. */
  #savedRevision = -1;

  constructor(deps: KeeperDeps) {
    this.#deps = deps;
  }

  /** Before the feed is followed. */
  async restore(): Promise<void> {
    const { file, cache, grants, follower, forgetters, keys, logger } = this.#deps;
    try {
      const now = Date.now();
      const kept = mergeKept(await file.loadAll(), now, BOUNDS);
      if (kept !== null) {
        await keys.preload(kept.keys);
        if (kept.grants !== null) grants.restore(kept.grants, await file.loadSubscriptions(kept.grantsBy as string));
        // The least recently used first, which is how they come to be it again.
        for (const credential of [...kept.credentials].reverse()) cache.set(credential.key, revive(credential, now));
        follower.resume(kept.mark);
        for (const forgetter of forgetters) forgetter.forget(kept.changes);
        logger.info(
          { credentials: kept.credentials.length, ...grants.counts, ageMs: now - kept.mark.readAt },
          'Known credentials read from disk',
        );
      }
    } catch (error) {
      logger.warn({ error: (error as Error).message }, 'Known credentials cannot be read from disk');
    }
    this.#timer = setInterval(() => {
      if (!follower.failing) this.#saving = this.#saving.then(() => this.#save());
    }, SAVE_MS).unref();
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#saving;
    await this.#save();
  }

  async #save(): Promise<void> {
    const { file, cache, grants, follower, journal, keys, logger } = this.#deps;
    // First the mark: whatever changes while we collect is read once more by whoever resumes there, and stays in the journal until then.
    const { mark } = follower;
    const entries = journal.length;
    if (mark === null) return;
    try {
      const { kept } = grants;
      // Subscriptions that are newer than the mark do no harm; a mark that is newer than the subscriptions would.
      if (kept !== null && kept.revision !== this.#savedRevision) {
        await file.saveSubscriptions(kept.subscriptions);
        this.#savedRevision = kept.revision;
      }
      await file.save({ mark, keys: keys.held, credentials: collect(cache), grants: kept?.list ?? null });
      journal.drop(entries);
    } catch (error) {
      logger.warn({ error: (error as Error).message }, 'Known credentials cannot be kept on disk; set GATEHOUSE_DATA');
    }
  }
}

function collect(cache: CredentialCache): KeptCredential[] {
  const kept: KeptCredential[] = [];
  for (const [key, { facts, signedBy, expiresAt }] of cache.entries()) {
    if (kept.length === MOST_KEPT) break;
    kept.push({ key, facts, signedBy, expiresAt: Number.isFinite(expiresAt) ? expiresAt : null });
  }
  return kept;
}

function revive({ facts, signedBy, expiresAt }: KeptCredential, now: number) {
  return describeCredential({ ...facts, remainingMs: expiresAt === null ? null : expiresAt - now }, now, signedBy);
}
