import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Access tokens by the six hours in which they expire, in a ring of six partitions (1 to 6): what has expired is removed by emptying
 * a partition, which costs the same however many tokens there are, and the ring never grows. Partition 0 has what the ring cannot
 * hold (tokens that live for more than a day, and those with which a family ends); it is cleaned row by row. The hash is unique
 * because it is one of 256 random bits; the key has to name the partition.
 */
export class PartitionAccessToken1763810003003 implements MigrationInterface {
  readonly name = 'PartitionAccessToken1763810003003';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE FUNCTION access_token_bucket(expires_at timestamptz) RETURNS smallint LANGUAGE sql STABLE AS $$
        SELECT CASE WHEN expires_at > now() + interval '24 hours' THEN 0
                    ELSE (1 + floor(extract(epoch FROM expires_at) / 21600)::bigint % 6) END::smallint
      $$;
      ALTER TABLE access_token RENAME TO access_token_unsorted;
      ALTER TABLE access_token_unsorted
        DROP CONSTRAINT access_token_pkey,
        DROP CONSTRAINT access_token_subscription_id_fkey,
        DROP CONSTRAINT access_token_family_id_fkey;
      DROP INDEX access_token_subscription_idx, access_token_family_idx, access_token_expires_idx;
      CREATE TABLE access_token (
        hash bytea NOT NULL,
        bucket smallint NOT NULL DEFAULT 0,
        subscription_id uuid NOT NULL REFERENCES subscription (id) ON DELETE CASCADE,
        family_id uuid REFERENCES token_family (id) ON DELETE CASCADE,
        auth_method_id text NOT NULL,
        scopes text[] NOT NULL,
        issued_at timestamptz NOT NULL DEFAULT now(),
        expires_at timestamptz NOT NULL,
        PRIMARY KEY (hash, bucket)
      ) PARTITION BY LIST (bucket);
      CREATE INDEX access_token_subscription_idx ON access_token (subscription_id);
      CREATE INDEX access_token_family_idx ON access_token (family_id)
    `);
    for (let bucket = 0; bucket <= 6; bucket++) {
      await db.query(`CREATE TABLE access_token_${bucket} PARTITION OF access_token FOR VALUES IN (${bucket})`);
    }
    await db.query(`
      CREATE INDEX access_token_0_expires_idx ON access_token_0 (expires_at);
      INSERT INTO access_token (hash, bucket, subscription_id, family_id, auth_method_id, scopes, issued_at, expires_at)
      SELECT hash, 0, subscription_id, family_id, auth_method_id, scopes, issued_at, expires_at FROM access_token_unsorted;
      DROP TABLE access_token_unsorted
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE access_token RENAME TO access_token_sorted;
      ALTER TABLE access_token_sorted
        DROP CONSTRAINT access_token_pkey,
        DROP CONSTRAINT access_token_subscription_id_fkey,
        DROP CONSTRAINT access_token_family_id_fkey;
      DROP INDEX access_token_subscription_idx, access_token_family_idx;
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
      INSERT INTO access_token SELECT hash, subscription_id, family_id, auth_method_id, scopes, issued_at, expires_at FROM access_token_sorted;
      DROP TABLE access_token_sorted;
      DROP FUNCTION access_token_bucket(timestamptz)
    `);
  }
}
