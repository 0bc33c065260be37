import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Append-only log of who did what to what, written in the transaction of the deed. Actor and subject are written `kind:id` and are
 * no references: the log outlives what it tells of. There is no index but the key: it is written with every token, and read by time,
 * which runs with the key.
 */
export class CreateAuditEvent1763810003001 implements MigrationInterface {
  readonly name = 'CreateAuditEvent1763810003001';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE audit_event (
        id bigserial PRIMARY KEY,
        occurred_at timestamptz NOT NULL DEFAULT now(),
        kind text NOT NULL,
        actor text NOT NULL,
        subject text NOT NULL,
        address text,
        details jsonb
      )
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`DROP TABLE audit_event`);
  }
}
