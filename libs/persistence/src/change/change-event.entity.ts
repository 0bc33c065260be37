import { Check, Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';

/** Append-only feed: what caches must forget, and what the audit log tells. */
@Entity('change_event')
@Index('change_event_txid_idx', ['txid'], { where: 'audit_event_ids IS NULL' })
@Check('change_event_names_one', '(subject_id IS NULL) <> (audit_event_ids IS NULL)')
export class ChangeEventRow {
  @PrimaryGeneratedColumn('increment', { type: 'bigint' })
  id!: string;

  @Column('bigint')
  txid!: string;

  @Column('text')
  kind!: string;

  /** null: the row tells of events. */
  @Column('text', { name: 'subject_id', nullable: true })
  subjectId!: string | null;

  /** Ids of the events of this kind that one statement wrote to the audit log; null: the row says what to forget. */
  @Column('bigint', { name: 'audit_event_ids', array: true, nullable: true })
  auditEventIds!: string[] | null;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;
}
