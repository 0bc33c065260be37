import type { MigrationInterface, QueryRunner } from 'typeorm';

/** People. `declared` rows come from the config folder and are read-only elsewhere. E-mail addresses are kept lower-case. */
export class CreateUserAccount1763800000001 implements MigrationInterface {
  readonly name = 'CreateUserAccount1763800000001';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE user_account (
        id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
        email text NOT NULL,
        password_hash text,
        groups text[] NOT NULL DEFAULT '{}',
        validated boolean NOT NULL DEFAULT false,
        blocked boolean NOT NULL DEFAULT false,
        declared boolean NOT NULL DEFAULT false,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT user_account_email_lower CHECK (email = lower(email)),
        CONSTRAINT user_account_email_key UNIQUE (email)
      )
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`DROP TABLE user_account`);
  }
}
