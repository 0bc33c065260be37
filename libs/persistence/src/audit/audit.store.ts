import type { DataSource } from 'typeorm';
import { type AuditEvent, recordAudit } from './audit-event.js';

/** The audit log, for events that are all there is to store. */
export class AuditStore {
  constructor(private readonly dataSource: DataSource) {}

  async record(events: readonly AuditEvent[]): Promise<void> {
    await recordAudit(this.dataSource, events);
  }
}
