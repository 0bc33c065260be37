import type { DataSource } from 'typeorm';
import type { Change, ChangeKind } from './change-event.js';

const READ_LOW_WATER = `SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS low_water`;

/**
 * One statement, hence one snapshot: the low water returned belongs to the very rows returned. Events of the audit log, which tell
 * nobody to forget anything, stand in another part of the feed: the index leaves them out, so a flood of them costs readers nothing.
 */
const READ_CHANGES = `
  SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS low_water, e.id::text AS id, e.kind, e.subject_id
  FROM (VALUES (1)) AS always (row)
  LEFT JOIN change_event e ON e.txid >= $1::bigint AND e.audit_event_ids IS NULL
  ORDER BY e.id`;

interface ChangeRow {
  low_water: string;
  id: string | null;
  kind: ChangeKind;
  subject_id: string;
}

/**
 * Reads what caches must forget, without gaps. A sequence number would lose the rows of a transaction that took its number early and
 * committed late, so the position is a transaction id: everything from the oldest transaction that was still running at the last
 * reading is read again, and what was seen then is left out.
 */
export class ChangeFeed {
  #lowWater: string | null = null;
  #seen: ReadonlySet<string> = new Set();

  constructor(private readonly dataSource: DataSource) {}

  /** The oldest transaction that the next reading looks at; null: not entered. */
  get position(): string | null {
    return this.#lowWater;
  }

  /** Starts where another reader stopped: what that had seen of it already comes again. @param position as of `position` */
  resume(position: string): void {
    this.#lowWater = position;
    this.#seen = new Set();
  }

  /** Starts here: changes that commit from now on are read. */
  async seekToEnd(): Promise<void> {
    const rows: { low_water: string }[] = await this.dataSource.query(READ_LOW_WATER);
    this.#lowWater = (rows[0] as { low_water: string }).low_water;
    this.#seen = new Set();
  }

  /**
   * Reads what was committed since the last reading; after a failed reading nothing is lost. A transaction that was running when
   * the feed was entered is read too.
   */
  async readNew(): Promise<Change[]> {
    if (this.#lowWater === null) throw new Error('The change feed was not entered: seekToEnd comes first.');
    const rows: ChangeRow[] = await this.dataSource.query(READ_CHANGES, [this.#lowWater]);
    const seen = new Set<string>();
    const changes: Change[] = [];
    for (const row of rows) {
      if (row.id === null) continue;
      seen.add(row.id);
      if (!this.#seen.has(row.id)) changes.push({ kind: row.kind, subjectId: row.subject_id });
    }
    // A row below the new low water does not come again, so this reading's rows are all that must be remembered.
    this.#seen = seen;
    this.#lowWater = (rows[0] as ChangeRow).low_water;
    return changes;
  }
}
