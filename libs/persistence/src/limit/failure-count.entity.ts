import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** How often somebody guessed wrong in the window of time that runs. */
@Entity('failure_count')
@Index('failure_count_resets_idx', ['resetsAt'])
export class FailureCount {
  /** What is guessed, and the SHA-256 of by whom or of whose. */
  @PrimaryColumn('text')
  key!: string;

  @Column('integer')
  failures!: number;

  /** Attempts that were let through and of which no outcome is known; the limit counts them too. */
  @Column('integer', { default: 0 })
  undecided!: number;

  @Column('timestamptz', { name: 'resets_at' })
  resetsAt!: Date;
}
