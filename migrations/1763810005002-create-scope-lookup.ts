import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The last good answers of services that list the scopes of APIs (`scopeLookupUrl`). */
export class CreateScopeLookup1763810005002 implements MigrationInterface {
  readonly name = 'CreateScopeLookup1763810005002';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE scope_lookup (
        url text PRIMARY KEY,
        scopes jsonb NOT NULL,
        updated_at timestamptz NOT NULL DEFAULT now()
      )
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`DROP TABLE scope_lookup`);
  }
}
