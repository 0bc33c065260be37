import type { DataSource, EntityManager } from 'typeorm';

/** A mail whose turn has come, lent to one courier for a while. */
export interface DueMail {
  readonly id: string;
  readonly sealed: Buffer;
  /** With this one. */
  readonly attempts: number;
  readonly expired: boolean;
}

const QUEUE = `INSERT INTO mail_outbox (sealed, expires_at) VALUES ($1, now() + make_interval(secs => $2))`;

/**
 * Takes mails for one attempt each. What is taken comes up again after a pause that doubles, whether the attempt fails or the
 * process is killed in it; SKIP LOCKED lets several couriers work side by side.
 */
const TAKE_DUE = `
  WITH due AS (
    SELECT id FROM mail_outbox WHERE next_attempt_at <= now() ORDER BY next_attempt_at LIMIT $1 FOR UPDATE SKIP LOCKED
  ), taken AS (
    UPDATE mail_outbox m
    SET attempts = m.attempts + 1, next_attempt_at = now() + make_interval(secs => least(3600, 30 * 2 ^ least(m.attempts, 10)))
    FROM due WHERE m.id = due.id
    RETURNING m.id, m.sealed, m.attempts, m.expires_at <= now() AS expired
  )
  SELECT * FROM taken`;

const DELETE = `DELETE FROM mail_outbox WHERE id = $1`;

/**
 * Puts a mail on its way.
 * @param db the transaction of what the mail tells of: there is no mail without the deed, and no deed without its mail
 * @param lifetime seconds after which it is given up
 */
export async function queueMail(db: EntityManager, sealed: Buffer, lifetime: number): Promise<void> {
  await db.query(QUEUE, [sealed, lifetime]);
}

/** Mails that wait for the mail server. */
export class MailOutboxStore {
  constructor(private readonly dataSource: DataSource) {}

  takeDue(limit: number): Promise<DueMail[]> {
    return this.dataSource.query(TAKE_DUE, [limit]);
  }

  /** The mail server has it, or nobody ever will. */
  async delete(id: string): Promise<void> {
    await this.dataSource.query(DELETE, [id]);
  }
}
