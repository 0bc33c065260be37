import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A service's decision is one about a person in a namespace: chosen anew, the namespace is decided on anew. */
export class AddDecidedNamespaceToAuthorizationRequest1763830003003 implements MigrationInterface {
  readonly name = 'AddDecidedNamespaceToAuthorizationRequest1763830003003';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`ALTER TABLE authorization_request ADD COLUMN decided_namespace text`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`ALTER TABLE authorization_request DROP COLUMN decided_namespace`);
  }
}
