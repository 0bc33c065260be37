import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The `nonce` of the authorization request, which goes into the id_token that the code is exchanged for. */
export class AddNonceToAuthorizationCode1763810001003 implements MigrationInterface {
  readonly name = 'AddNonceToAuthorizationCode1763810001003';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`ALTER TABLE authorization_code ADD COLUMN nonce text`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`ALTER TABLE authorization_code DROP COLUMN nonce`);
  }
}
