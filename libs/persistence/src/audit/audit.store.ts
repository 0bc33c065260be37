import type { DataSource } from 'typeorm';
import { type AuditEvent, recordAudit } from './audit-event.js';

/** Rows that one statement deletes at most. */
const BATCH = 5_000;

/** Events run with their ids, so the oldest are found by the key, however many there are. */
const DELETE_OLD = `
  WITH gone AS (
    DELETE FROM audit_event WHERE id = ANY(ARRAY(
      SELECT id FROM (SELECT id, occurred_at FROM audit_event ORDER BY id LIMIT ${BATCH}) AS oldest
      WHERE occurred_at < now() - make_interval(secs => $1)
    ))
    RETURNING id
  )
  SELECT count(*)::int AS count FROM gone`;

/** The audit log, for events that no other store writes with its own deed. */
export class AuditStore {
  constructor(private readonly dataSource: DataSource) {}

  async record(events: readonly AuditEvent[]): Promise<void> {
    await recordAudit(this.dataSource, events);
  }

  /** Deletes one batch of old events. @param retention seconds @returns whether there may be more */
  async deleteOld(retention: number): Promise<boolean> {
    const rows: { count: number }[] = await this.dataSource.query(DELETE_OLD, [retention]);
    return rows[0]?.count === BATCH;
  }
}
