import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Append-only feed of what caches must forget, written in the transaction of the change. `txid` lets a reader find rows of
 * transactions that committed late; the trigger wakes listening readers at commit.
 */
export class CreateChangeEvent1763800000006 implements MigrationInterface {
  readonly name = 'CreateChangeEvent1763800000006';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE change_event (
        id bigserial PRIMARY KEY,
        txid bigint NOT NULL,
        kind text NOT NULL,
        subject_id text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now()
      );
      CREATE INDEX change_event_txid_idx ON change_event (txid);
      CREATE FUNCTION notify_change_event() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        PERFORM pg_notify('gatehouse_change', '');
        RETURN NULL;
      END $$;
      CREATE TRIGGER change_event_notify AFTER INSERT ON change_event
        FOR EACH STATEMENT EXECUTE FUNCTION notify_change_event()
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`DROP TABLE change_event; DROP FUNCTION notify_change_event()`);
  }
}
