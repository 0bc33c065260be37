import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Every event of the audit log is told in the change feed, by the statement that writes it: a trigger, so that no statement can forget
 * to. Events that one statement writes share a row per kind, since tokens are issued by the hundred. Gateways act on none of them: they
 * read, and are woken by, the other rows, which have an index of their own. A row that is an event's has no `subject_id` but the events'
 * ids.
 */
export class TellAuditEventsInChangeFeed1763830003001 implements MigrationInterface {
  readonly name = 'TellAuditEventsInChangeFeed1763830003001';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE change_event ALTER COLUMN subject_id DROP NOT NULL, ADD COLUMN audit_event_ids bigint[],
        ADD CONSTRAINT change_event_names_one CHECK ((subject_id IS NULL) <> (audit_event_ids IS NULL));
      DROP INDEX change_event_txid_idx;
      CREATE INDEX change_event_txid_idx ON change_event (txid) WHERE audit_event_ids IS NULL;
      DROP TRIGGER change_event_notify ON change_event;
      CREATE TRIGGER change_event_notify AFTER INSERT ON change_event
        FOR EACH ROW WHEN (NEW.audit_event_ids IS NULL) EXECUTE FUNCTION notify_change_event();
      CREATE FUNCTION tell_audit_events() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        INSERT INTO change_event (txid, kind, audit_event_ids)
        SELECT pg_current_xact_id()::text::bigint, kind, array_agg(id ORDER BY id) FROM recorded GROUP BY kind;
        RETURN NULL;
      END $$;
      CREATE TRIGGER audit_event_tell AFTER INSERT ON audit_event
        REFERENCING NEW TABLE AS recorded FOR EACH STATEMENT EXECUTE FUNCTION tell_audit_events()
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP TRIGGER audit_event_tell ON audit_event;
      DROP FUNCTION tell_audit_events();
      DELETE FROM change_event WHERE audit_event_ids IS NOT NULL;
      DROP TRIGGER change_event_notify ON change_event;
      CREATE TRIGGER change_event_notify AFTER INSERT ON change_event
        FOR EACH STATEMENT EXECUTE FUNCTION notify_change_event();
      DROP INDEX change_event_txid_idx;
      ALTER TABLE change_event DROP CONSTRAINT change_event_names_one, DROP COLUMN audit_event_ids, ALTER COLUMN subject_id SET NOT NULL;
      CREATE INDEX change_event_txid_idx ON change_event (txid)
    `);
  }
}
