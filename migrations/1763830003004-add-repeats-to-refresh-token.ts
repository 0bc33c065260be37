import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Uses within the grace period are counted: one or two are a connection that broke, many are somebody else. */
export class AddRepeatsToRefreshToken1763830003004 implements MigrationInterface {
  readonly name = 'AddRepeatsToRefreshToken1763830003004';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`ALTER TABLE refresh_token ADD COLUMN repeats integer NOT NULL DEFAULT 0`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`ALTER TABLE refresh_token DROP COLUMN repeats`);
  }
}
