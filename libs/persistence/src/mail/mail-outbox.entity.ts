import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';

/** A mail on its way to the mail server. */
@Entity('mail_outbox')
@Index('mail_outbox_next_attempt_idx', ['nextAttemptAt'])
export class MailOutboxRow {
  @PrimaryGeneratedColumn('uuid')
  id!: string;

  /** The mail, encrypted. */
  @Column('bytea')
  sealed!: Buffer;

  @Column('integer', { default: 0 })
  attempts!: number;

  @Column('timestamptz', { name: 'next_attempt_at', default: () => 'now()' })
  nextAttemptAt!: Date;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;

  /** A mail that could not be delivered until then is given up. */
  @Column('timestamptz', { name: 'expires_at' })
  expiresAt!: Date;
}
