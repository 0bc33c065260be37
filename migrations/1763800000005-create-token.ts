import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Everything that one authorization gave out hangs on its token family, so that it can be revoked as one. Codes and tokens are
 * stored as SHA-256. `sealed_successor` holds the answer of the first use of a refresh token, encrypted under a key that only the
 * token itself yields; it serves repeats within the grace period.
 */
export class CreateToken1763800000005 implements MigrationInterface {
  readonly name = 'CreateToken1763800000005';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE token_family (
        id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
        subscription_id uuid NOT NULL REFERENCES subscription (id) ON DELETE CASCADE,
        user_id uuid NOT NULL REFERENCES user_account (id) ON DELETE CASCADE,
        auth_method_id text NOT NULL,
        scopes text[] NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        revoked_at timestamptz,
        revoked_reason text
      );
      CREATE INDEX token_family_subscription_idx ON token_family (subscription_id);
      CREATE INDEX token_family_user_idx ON token_family (user_id);
      CREATE TABLE authorization_code (
        hash bytea PRIMARY KEY,
        family_id uuid NOT NULL REFERENCES token_family (id) ON DELETE CASCADE,
        redirect_uri text NOT NULL,
        code_challenge text,
        created_at timestamptz NOT NULL DEFAULT now(),
        expires_at timestamptz NOT NULL,
        consumed_at timestamptz
      );
      CREATE INDEX authorization_code_family_idx ON authorization_code (family_id);
      CREATE INDEX authorization_code_expires_idx ON authorization_code (expires_at);
      CREATE TABLE access_token (
        hash bytea PRIMARY KEY,
        subscription_id uuid NOT NULL REFERENCES subscription (id) ON DELETE CASCADE,
        family_id uuid REFERENCES token_family (id) ON DELETE CASCADE,
        auth_method_id text NOT NULL,
        scopes text[] NOT NULL,
        issued_at timestamptz NOT NULL DEFAULT now(),
        expires_at timestamptz NOT NULL
      );
      CREATE INDEX access_token_subscription_idx ON access_token (subscription_id);
      CREATE INDEX access_token_family_idx ON access_token (family_id);
      CREATE INDEX access_token_expires_idx ON access_token (expires_at);
      CREATE TABLE refresh_token (
        hash bytea PRIMARY KEY,
        family_id uuid NOT NULL REFERENCES token_family (id) ON DELETE CASCADE,
        created_at timestamptz NOT NULL DEFAULT now(),
        expires_at timestamptz NOT NULL,
        consumed_at timestamptz,
        sealed_successor bytea
      );
      CREATE INDEX refresh_token_family_idx ON refresh_token (family_id);
      CREATE INDEX refresh_token_expires_idx ON refresh_token (expires_at)
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`DROP TABLE refresh_token; DROP TABLE access_token; DROP TABLE authorization_code; DROP TABLE token_family`);
  }
}
