import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Keys that sign tokens, shared by every instance. The private half is encrypted under a key made from GATEHOUSE_SECRET. A key
 * without `signs_from` is the next one: published, but not signing yet. `token_life` is the longest life, in seconds, of tokens
 * that were signed while it was here; so long it stays after its successor took over.
 */
export class CreateSigningKey1763810001001 implements MigrationInterface {
  readonly name = 'CreateSigningKey1763810001001';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE signing_key (
        kid text PRIMARY KEY,
        alg text NOT NULL,
        public_jwk jsonb NOT NULL,
        sealed_private bytea NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        signs_from timestamptz,
        token_life integer NOT NULL DEFAULT 3600,
        CONSTRAINT signing_key_alg_known CHECK (alg IN ('ES256', 'RS256'))
      )
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`DROP TABLE signing_key`);
  }
}
