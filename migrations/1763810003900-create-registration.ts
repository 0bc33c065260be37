import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What a person told about themselves for the APIs of a pool: once per person × pool × namespace (empty where the pool has none).
 * An authorization keeps the namespace that it is for, and everything that it gives out belongs to it.
 */
export class CreateRegistration1763810003900 implements MigrationInterface {
  readonly name = 'CreateRegistration1763810003900';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE registration (
        user_id uuid NOT NULL REFERENCES user_account (id) ON DELETE CASCADE,
        pool_id text NOT NULL,
        namespace text NOT NULL DEFAULT '',
        properties jsonb NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (user_id, pool_id, namespace)
      );
      ALTER TABLE authorization_request ADD COLUMN namespace text;
      ALTER TABLE device_authorization ADD COLUMN namespace text;
      ALTER TABLE token_family ADD COLUMN namespace text
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE token_family DROP COLUMN namespace;
      ALTER TABLE device_authorization DROP COLUMN namespace;
      ALTER TABLE authorization_request DROP COLUMN namespace;
      DROP TABLE registration
    `);
  }
}
