import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Whose password stands in the config folder; of others who stand there only the first password does, until they chose their own. */
export class AddPasswordDeclaredToUserAccount1763820005001 implements MigrationInterface {
  readonly name = 'AddPasswordDeclaredToUserAccount1763820005001';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE user_account ADD COLUMN password_declared boolean NOT NULL DEFAULT false;
      UPDATE user_account SET password_declared = declared
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`ALTER TABLE user_account DROP COLUMN password_declared`);
  }
}
