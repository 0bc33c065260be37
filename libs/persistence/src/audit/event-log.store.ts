import type { DataSource } from 'typeorm';

/** Rows that one statement deletes at most. */
const BATCH = 5_000;

/** Tables to which rows are only ever added, and when a row of each came. */
const LOGS = { audit_event: 'occurred_at', change_event: 'created_at' } as const;

export type EventLog = keyof typeof LOGS;

/** Rows run with their ids, so the oldest are found by the key, however many there are. */
const deleteOldest = (log: EventLog): string => `
  WITH gone AS (
    DELETE FROM ${log} WHERE id = ANY(ARRAY(
      SELECT id FROM (SELECT id, ${LOGS[log]} AS came_at FROM ${log} ORDER BY id LIMIT ${BATCH}) AS oldest
      WHERE came_at < now() - make_interval(secs => $1)
    ))
    RETURNING id
  )
  SELECT count(*)::int AS count FROM gone`;

/** Shortens the audit log and the change feed at their old end. */
export class EventLogStore {
  constructor(private readonly dataSource: DataSource) {}

  /** Deletes one batch of old rows. @param retention seconds @returns whether there may be more */
  async deleteOldest(log: EventLog, retention: number): Promise<boolean> {
    const rows: { count: number }[] = await this.dataSource.query(deleteOldest(log), [retention]);
    return rows[0]?.count === BATCH;
  }
}
