import { hash } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { type AuditEvent, recordAudit } from '../audit/audit-event.js';

/** How many attempts a subject has in a window of time. */
export interface AttemptLimit {
  /** What is counted, such as `login`; the same account has a count of its own for each. */
  readonly kind: string;
  readonly most: number;
  /** Seconds; the window begins with the first attempt. */
  readonly window: number;
}

/** Whose attempts a limit counts. */
export interface CountedSubject {
  readonly limit: AttemptLimit;
  readonly subject: string;
}

export type AttemptOutcome =
  | { readonly allowed: true }
  | {
      readonly allowed: false;
      /** Seconds until the window ends. */
      readonly retryAfter: number;
    };

/**
 * Counts before anything is tried: of parallel attempts no more than the limit get through, for each waits for the row of the one
 * before. What is let through is undecided, what is not has failed.
 */
const COUNT = `
  INSERT INTO failure_count AS c (key, failures, undecided, resets_at)
  VALUES ($1, 0, 1, now() + make_interval(secs => $2))
  ON CONFLICT (key) DO UPDATE
  SET failures = CASE WHEN c.resets_at <= now() THEN 0 WHEN c.failures + c.undecided < $3 THEN c.failures ELSE least(c.failures, 1000000) + 1 END,
      undecided = CASE WHEN c.resets_at <= now() THEN 1 WHEN c.failures + c.undecided < $3 THEN c.undecided + 1 ELSE c.undecided END,
      resets_at = CASE WHEN c.resets_at > now() THEN c.resets_at ELSE excluded.resets_at END
  RETURNING failures + undecided AS attempts, ceil(extract(epoch FROM resets_at - now()))::int AS "secondsLeft"`;

/** Those who settle at once lock in one order. */
const HELD = `
  WITH held AS (
    SELECT key FROM failure_count WHERE key = ANY($1::text[]) ORDER BY key FOR UPDATE
  )`;

/** What was counted in a window that is over does not count in the next. */
const FAIL = `${HELD}
  UPDATE failure_count c SET failures = c.failures + 1, undecided = c.undecided - 1
  FROM held WHERE c.key = held.key AND c.undecided > 0`;

const TAKE_BACK = `${HELD}
  UPDATE failure_count c SET undecided = c.undecided - 1
  FROM held WHERE c.key = held.key AND c.undecided > 0`;

const CLEAR = `DELETE FROM failure_count WHERE key = $1`;

/** Limits on guessing, kept in the database: they hold for all instances and across restarts. */
export class AttemptStore {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Counts an attempt and says whether it may be made.
   * @param lock event of the first one beyond the limit in a window, in the transaction that counts it: a flood must not fill the log
   */
  count({ limit, subject }: CountedSubject, lock?: AuditEvent): Promise<AttemptOutcome> {
    return this.dataSource.transaction(async (db) => {
      const parameters = [keyOf(limit, subject), limit.window, limit.most];
      const [row] = (await db.query(COUNT, parameters)) as [{ attempts: number; secondsLeft: number }];
      if (row.attempts <= limit.most) return { allowed: true };
      if (lock !== undefined && row.attempts === limit.most + 1) await recordAudit(db, [lock]);
      return { allowed: false, retryAfter: Math.max(1, row.secondsLeft) };
    });
  }

  /** Makes an attempt that was counted. One that throws was none, so that an outage of what is asked locks nobody out. */
  async make<Outcome>(counted: readonly CountedSubject[], attempt: () => Promise<Outcome>): Promise<Outcome> {
    try {
      return await attempt();
    } catch (error) {
      // Where this fails too, the first error is the one to report.
      await Promise.allSettled([this.takeBack(counted)]);
      throw error;
    }
  }

  /** The attempt failed: its counts say so for good, in one transaction with the event. */
  async fail(counted: readonly CountedSubject[], event: AuditEvent): Promise<void> {
    await this.dataSource.transaction(async (db) => {
      await db.query(FAIL, [keysOf(counted)]);
      await recordAudit(db, [event]);
    });
  }

  /** The attempt was none: it does not count. */
  async takeBack(counted: readonly CountedSubject[]): Promise<void> {
    await this.dataSource.query(TAKE_BACK, [keysOf(counted)]);
  }

  async clear({ limit, subject }: CountedSubject): Promise<void> {
    await this.dataSource.query(CLEAR, [keyOf(limit, subject)]);
  }
}

/** The subject is hashed, so that a row has one size whatever was typed. */
function keyOf({ kind }: AttemptLimit, subject: string): string {
  return `${kind}:${hash('sha256', subject, 'base64url')}`;
}

function keysOf(counted: readonly CountedSubject[]): readonly string[] {
  return counted.map(({ limit, subject }) => keyOf(limit, subject));
}
