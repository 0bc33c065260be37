import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Devices without a browser that wait for a person to let them in (RFC 8628). The device code is stored as SHA-256; the user code,
 * short enough to type, as it is: it lives for minutes and is worth nothing without a person who says yes. `failure_count` counts
 * wrong guesses of whatever is short, per guesser, in a window of time.
 */
export class CreateDeviceAuthorization1763810003002 implements MigrationInterface {
  readonly name = 'CreateDeviceAuthorization1763810003002';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE device_authorization (
        hash bytea PRIMARY KEY,
        user_code text NOT NULL,
        subscription_id uuid NOT NULL REFERENCES subscription (id) ON DELETE CASCADE,
        auth_method_id text NOT NULL,
        scopes text[] NOT NULL,
        poll_interval integer NOT NULL,
        last_polled_at timestamptz,
        decision text,
        user_id uuid REFERENCES user_account (id) ON DELETE CASCADE,
        authenticated_at timestamptz,
        created_at timestamptz NOT NULL DEFAULT now(),
        expires_at timestamptz NOT NULL,
        consumed_at timestamptz,
        CONSTRAINT device_authorization_user_code_key UNIQUE (user_code),
        CONSTRAINT device_authorization_decision_known CHECK (decision IN ('approved', 'denied'))
      );
      CREATE INDEX device_authorization_expires_idx ON device_authorization (expires_at);
      CREATE TABLE failure_count (
        key text PRIMARY KEY,
        failures integer NOT NULL,
        resets_at timestamptz NOT NULL
      );
      CREATE INDEX failure_count_resets_idx ON failure_count (resets_at)
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`DROP TABLE failure_count; DROP TABLE device_authorization`);
  }
}
