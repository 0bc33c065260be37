import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Mails on their way: written in the transaction of what they tell of, deleted once the mail server has taken them. Their content
 * is encrypted under the root secret, for it holds links that open accounts.
 */
export class CreateMailOutbox1763810002001 implements MigrationInterface {
  readonly name = 'CreateMailOutbox1763810002001';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE mail_outbox (
        id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
        sealed bytea NOT NULL,
        attempts integer NOT NULL DEFAULT 0,
        next_attempt_at timestamptz NOT NULL DEFAULT now(),
        created_at timestamptz NOT NULL DEFAULT now(),
        expires_at timestamptz NOT NULL
      );
      CREATE INDEX mail_outbox_next_attempt_idx ON mail_outbox (next_attempt_at)
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`DROP TABLE mail_outbox`);
  }
}
