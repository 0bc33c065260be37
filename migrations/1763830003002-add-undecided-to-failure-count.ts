import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Attempts that were let through and have no outcome yet: one becomes a failure in the transaction that writes its event. */
export class AddUndecidedToFailureCount1763830003002 implements MigrationInterface {
  readonly name = 'AddUndecidedToFailureCount1763830003002';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`ALTER TABLE failure_count ADD COLUMN undecided integer NOT NULL DEFAULT 0`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`ALTER TABLE failure_count DROP COLUMN undecided`);
  }
}
