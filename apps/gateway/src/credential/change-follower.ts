import type { Change } from '#persistence/change/change-event.js';
import type { ChangeFeed } from '#persistence/change/change-feed.js';
import type { Logger } from '#process/logger.js';

/** Effects show within a second: half of it goes to polling, where nothing wakes us earlier. */
const POLL_MS = 400;

/** For so long after the last reading of the feed, cached credentials go on to work (milliseconds). */
export const STALE_BOUND_MS = 300_000;

/** No reading for so long says that the database does not answer (milliseconds). */
const FAILING_MS = 5_000;

type FollowedFeed = Pick<ChangeFeed, 'position' | 'resume' | 'seekToEnd' | 'readNew'>;

/** Up to where in the feed all changes are known, and since when. */
export interface FeedMark {
  readonly position: string;
  /** Milliseconds since the epoch. */
  readonly readAt: number;
}

export interface CredentialForgetter {
  /** Called after each reading, whether something changed or not. */
  forget(changes: readonly Change[]): void;
  /**
   * Nobody knows what changed.
   * @param missed nor will: the feed is entered anew; else it could not be read within the bound, and may still be
   */
  forgetAll(missed: boolean): void;
}

/** Follows the change feed: what changed is forgotten; where the feed cannot be read for too long, everything is. */
export class ChangeFollower {
  readonly #feed: FollowedFeed;
  readonly #forgetters: readonly CredentialForgetter[];
  readonly #logger: Pick<Logger, 'info' | 'warn' | 'error'>;
  #timer: NodeJS.Timeout | null = null;
  #reading: Promise<void> | null = null;
  #again = false;
  readonly #now: () => number;
  #lastRead = 0;
  #entered = false;
  #failing = false;
  #closed = false;
  readonly #startedAt: number;
  /** Changes that were read, and readings that failed. */
  changesRead = 0;
  failures = 0;

  /** @param forgetters are told in their order; @param now milliseconds since the epoch */
  constructor(
    feed: FollowedFeed,
    forgetters: readonly CredentialForgetter[],
    logger: Pick<Logger, 'info' | 'warn' | 'error'>,
    now = Date.now,
  ) {
    this.#now = now;
    this.#startedAt = now();
    this.#feed = feed;
    this.#forgetters = forgetters;
    this.#logger = logger;
  }

  /** Whether what is cached can be relied on: the feed was read within the bound. */
  get current(): boolean {
    return this.#entered && this.#now() - this.#lastRead < STALE_BOUND_MS;
  }

  /** Milliseconds since the feed was read last; since the start where it never was. */
  get age(): number {
    return this.#now() - (this.#lastRead || this.#startedAt);
  }

  /** Where in the feed the next reading begins: a transaction id of the database; 0 before the first. */
  get position(): number {
    return Number(this.#feed.position ?? 0);
  }

  /** Whether the feed cannot be read now: its last reading failed, or does not come to an end. */
  get failing(): boolean {
    return this.#failing || this.#now() - this.#lastRead > FAILING_MS;
  }

  /** Up to where changes are known; null: what is cached cannot be relied on. */
  get mark(): FeedMark | null {
    const { position } = this.#feed;
    return this.current && position !== null ? { position, readAt: this.#lastRead } : null;
  }

  /** Goes on where somebody else stopped, instead of entering the feed anew. */
  resume({ position, readAt }: FeedMark): void {
    this.#feed.resume(position);
    this.#lastRead = readAt;
    this.#entered = true;
  }

  /** Enters the feed; from here on nothing is missed. */
  async start(): Promise<void> {
    await this.#read();
    this.#pollLater();
  }

  /** Reads now: something was committed. Several wishes during a reading make one more. */
  wake(): void {
    if (this.#closed) return;
    if (this.#reading) this.#again = true;
    else void this.#read();
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (this.#timer) clearTimeout(this.#timer);
    await this.#reading;
  }

  #pollLater(): void {
    if (this.#closed) return;
    this.#timer = setTimeout(() => {
      void this.#read().then(() => this.#pollLater());
    }, POLL_MS);
  }

  #forgetAll(missed: boolean): void {
    for (const forgetter of this.#forgetters) forgetter.forgetAll(missed);
  }

  #read(): Promise<void> {
    this.#reading ??= this.#readOnce().finally(() => {
      this.#reading = null;
      if (!this.#again) return;
      this.#again = false;
      this.wake();
    });
    return this.#reading;
  }

  async #readOnce(): Promise<void> {
    try {
      if (this.#entered) {
        const changes = await this.#feed.readNew();
        this.changesRead += changes.length;
        for (const forgetter of this.#forgetters) forgetter.forget(changes);
      } else {
        await this.#feed.seekToEnd();
        // What was cached before the feed was entered may be of any age.
        this.#forgetAll(true);
        this.#entered = true;
      }
      this.#lastRead = this.#now();
      if (this.#failing) this.#logger.info('The change feed is read again.');
      this.#failing = false;
    } catch (error) {
      this.failures++;
      if (!this.#failing) this.#logger.warn({ error: (error as Error).message }, 'The change feed cannot be read.');
      this.#failing = true;
      if (this.#entered && !this.current) {
        // Past the bound nothing is trusted any more; rows may be cleaned away before we come back, so the feed is entered anew.
        this.#entered = false;
        this.#logger.error(`The change feed was not read for ${STALE_BOUND_MS / 1000} s: cached credentials are dropped.`);
      }
      // Outside the feed nothing says when an entry is outdated: it serves the calls that came together, no more.
      if (!this.#entered) this.#forgetAll(false);
    }
  }
}
