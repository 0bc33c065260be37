import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What the authorization endpoint remembers: logins (one session per browser and auth method), requests on their way from the
 * client through login and consent, and consents per person × application × API. Ids that a browser holds are stored as SHA-256.
 */
export class CreateAuthorizationFlow1763800000004 implements MigrationInterface {
  readonly name = 'CreateAuthorizationFlow1763800000004';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE user_session (
        id_hash bytea PRIMARY KEY,
        auth_method_id text NOT NULL,
        user_id uuid NOT NULL REFERENCES user_account (id) ON DELETE CASCADE,
        authenticated_at timestamptz NOT NULL DEFAULT now(),
        created_at timestamptz NOT NULL DEFAULT now(),
        expires_at timestamptz NOT NULL
      );
      CREATE INDEX user_session_user_idx ON user_session (user_id);
      CREATE INDEX user_session_expires_idx ON user_session (expires_at);
      CREATE TABLE authorization_request (
        id_hash bytea PRIMARY KEY,
        browser_hash bytea NOT NULL,
        auth_method_id text NOT NULL,
        api_id text NOT NULL,
        subscription_id uuid NOT NULL REFERENCES subscription (id) ON DELETE CASCADE,
        request jsonb NOT NULL,
        user_id uuid REFERENCES user_account (id) ON DELETE CASCADE,
        authenticated_at timestamptz,
        consent_decision text,
        consent_user_id uuid,
        created_at timestamptz NOT NULL DEFAULT now(),
        expires_at timestamptz NOT NULL,
        finished_at timestamptz,
        CONSTRAINT authorization_request_consent_decision_known CHECK (consent_decision IN ('allowed', 'denied'))
      );
      CREATE INDEX authorization_request_expires_idx ON authorization_request (expires_at);
      CREATE TABLE consent (
        user_id uuid NOT NULL REFERENCES user_account (id) ON DELETE CASCADE,
        application_id text NOT NULL REFERENCES application (id) ON DELETE CASCADE,
        api_id text NOT NULL,
        scopes text[] NOT NULL DEFAULT '{}',
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (user_id, application_id, api_id)
      )
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`DROP TABLE consent; DROP TABLE authorization_request; DROP TABLE user_session`);
  }
}
