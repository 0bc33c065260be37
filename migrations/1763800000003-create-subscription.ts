import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Subscriptions (application × API) and their credentials. `allowed_scopes` NULL means all scopes of the API, an empty array none.
 * Client secrets and API keys are stored as SHA-256; several may be live, so that one can be replaced without a gap.
 */
export class CreateSubscription1763800000003 implements MigrationInterface {
  readonly name = 'CreateSubscription1763800000003';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE subscription (
        id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
        application_id text NOT NULL REFERENCES application (id) ON DELETE CASCADE,
        api_id text NOT NULL,
        plan_id text NOT NULL,
        status text NOT NULL DEFAULT 'approved',
        trusted boolean NOT NULL DEFAULT false,
        allowed_scopes text[],
        client_id text,
        declared boolean NOT NULL DEFAULT false,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT subscription_application_api_key UNIQUE (application_id, api_id),
        CONSTRAINT subscription_client_id_key UNIQUE (client_id),
        CONSTRAINT subscription_status_known CHECK (status IN ('approved', 'pending', 'blocked'))
      );
      CREATE TABLE client_secret (
        id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
        subscription_id uuid NOT NULL REFERENCES subscription (id) ON DELETE CASCADE,
        hash bytea NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        expires_at timestamptz
      );
      CREATE INDEX client_secret_subscription_idx ON client_secret (subscription_id);
      CREATE TABLE api_key (
        id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
        subscription_id uuid NOT NULL REFERENCES subscription (id) ON DELETE CASCADE,
        hash bytea NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        expires_at timestamptz,
        CONSTRAINT api_key_hash_key UNIQUE (hash)
      );
      CREATE INDEX api_key_subscription_idx ON api_key (subscription_id)
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`DROP TABLE api_key; DROP TABLE client_secret; DROP TABLE subscription`);
  }
}
