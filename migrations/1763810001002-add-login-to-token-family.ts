import type { MigrationInterface, QueryRunner } from 'typeorm';

/** When the person behind a token family logged in: `auth_time` of its id_tokens, also after a refresh. */
export class AddLoginToTokenFamily1763810001002 implements MigrationInterface {
  readonly name = 'AddLoginToTokenFamily1763810001002';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`ALTER TABLE token_family ADD COLUMN authenticated_at timestamptz`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`ALTER TABLE token_family DROP COLUMN authenticated_at`);
  }
}
