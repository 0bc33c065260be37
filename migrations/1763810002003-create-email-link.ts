import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Links that are sent by mail and work once; stored as SHA-256. One that confirms an address carries the password that was chosen
 * with it: whoever can open the mail decides which of several sign-ups of one address counts.
 */
export class CreateEmailLink1763810002003 implements MigrationInterface {
  readonly name = 'CreateEmailLink1763810002003';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE email_link (
        hash bytea PRIMARY KEY,
        kind text NOT NULL,
        user_id uuid NOT NULL REFERENCES user_account (id) ON DELETE CASCADE,
        password_hash text,
        created_at timestamptz NOT NULL DEFAULT now(),
        expires_at timestamptz NOT NULL,
        used_at timestamptz,
        CONSTRAINT email_link_kind_known CHECK (kind IN ('verify-email', 'reset-password'))
      );
      CREATE INDEX email_link_user_idx ON email_link (user_id);
      CREATE INDEX email_link_expires_idx ON email_link (expires_at);
      ALTER TABLE user_account ADD COLUMN must_change_password boolean NOT NULL DEFAULT false
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`ALTER TABLE user_account DROP COLUMN must_change_password; DROP TABLE email_link`);
  }
}
