import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';

/** Append-only feed of what caches must forget. */
@Entity('change_event')
@Index('change_event_txid_idx', ['txid'])
export class ChangeEventRow {
  @PrimaryGeneratedColumn('increment', { type: 'bigint' })
  id!: string;

  @Column('bigint')
  txid!: string;

  @Column('text')
  kind!: string;

  @Column('text', { name: 'subject_id' })
  subjectId!: string;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;
}
