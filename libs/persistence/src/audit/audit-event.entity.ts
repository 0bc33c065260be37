import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** Append-only log of who did what to what. */
@Entity('audit_event')
export class AuditEventRow {
  @PrimaryGeneratedColumn('increment', { type: 'bigint' })
  id!: string;

  @Column('timestamptz', { name: 'occurred_at', default: () => 'now()' })
  occurredAt!: Date;

  @Column('text')
  kind!: string;

  /** `kind:id`. */
  @Column('text')
  actor!: string;

  /** `kind:id`. */
  @Column('text')
  subject!: string;

  /** Of the client; null where it is not known or there is none. */
  @Column('text', { nullable: true })
  address!: string | null;

  @Column('jsonb', { nullable: true })
  details!: object | null;
}
