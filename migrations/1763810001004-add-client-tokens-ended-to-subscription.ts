import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Signed tokens of the client itself that were issued up to then have ended: no row of them is there to be deleted. */
export class AddClientTokensEndedToSubscription1763810001004 implements MigrationInterface {
  readonly name = 'AddClientTokensEndedToSubscription1763810001004';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`ALTER TABLE subscription ADD COLUMN client_tokens_ended_at timestamptz`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`ALTER TABLE subscription DROP COLUMN client_tokens_ended_at`);
  }
}
