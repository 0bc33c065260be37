import { hash } from 'node:crypto';
import type { DataSource } from 'typeorm';

/** How many attempts a subject has in a window of time. */
export interface AttemptLimit {
  /** What is counted, such as `login`; the same account has a count of its own for each. */
  readonly kind: string;
  readonly most: number;
  /** Seconds; the window begins with the first attempt. */
  readonly window: number;
}

export type AttemptOutcome =
  | { readonly allowed: true }
  | {
      readonly allowed: false;
      /** Seconds until the window ends. */
      readonly retryAfter: number;
      /** The first beyond the limit in this window. */
      readonly first: boolean;
    };

/** Counts before anything is tried: of parallel attempts no more than the limit get through, for each waits for the row of the one before. */
const COUNT = `
  INSERT INTO failure_count AS c (key, failures, resets_at)
  VALUES ($1, 1, now() + make_interval(secs => $2))
  ON CONFLICT (key) DO UPDATE
  SET failures = CASE WHEN c.resets_at > now() THEN least(c.failures, 1000000) + 1 ELSE 1 END,
      resets_at = CASE WHEN c.resets_at > now() THEN c.resets_at ELSE excluded.resets_at END
  RETURNING failures, ceil(extract(epoch FROM resets_at - now()))::int AS "secondsLeft"`;

const TAKE_BACK = `UPDATE failure_count SET failures = greatest(failures - 1, 0) WHERE key = $1`;
const CLEAR = `DELETE FROM failure_count WHERE key = $1`;

/** Limits on guessing, kept in the database: they hold for all instances and across restarts. */
export class AttemptStore {
  constructor(private readonly dataSource: DataSource) {}

  /** Counts an attempt and says whether it may be made. */
  async count(limit: AttemptLimit, subject: string): Promise<AttemptOutcome> {
    const rows: { failures: number; secondsLeft: number }[] = await this.dataSource.query(COUNT, [keyOf(limit, subject), limit.window]);
    const { failures, secondsLeft } = rows[0] as { failures: number; secondsLeft: number };
    if (failures <= limit.most) return { allowed: true };
    return { allowed: false, retryAfter: Math.max(1, secondsLeft), first: failures === limit.most + 1 };
  }

  /** The attempt was none: it does not count. */
  async takeBack(limit: AttemptLimit, subject: string): Promise<void> {
    await this.dataSource.query(TAKE_BACK, [keyOf(limit, subject)]);
  }

  async clear(limit: AttemptLimit, subject: string): Promise<void> {
    await this.dataSource.query(CLEAR, [keyOf(limit, subject)]);
  }
}

/** The subject is hashed, so that a row has one size whatever was typed. */
function keyOf({ kind }: AttemptLimit, subject: string): string {
  return `${kind}:${hash('sha256', subject, 'base64url')}`;
}
