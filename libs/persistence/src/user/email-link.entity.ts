import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { UserAccount } from './user-account.entity.js';

/** A link that was sent by mail and works once. */
@Entity('email_link')
@Index('email_link_user_idx', ['userId'])
@Index('email_link_expires_idx', ['expiresAt'])
@Check('email_link_kind_known', `kind IN ('verify-email', 'reset-password')`)
export class EmailLink {
  /** SHA-256 of the token in the link. */
  @PrimaryColumn('bytea')
  hash!: Buffer;

  @Column('text')
  kind!: 'verify-email' | 'reset-password';

  @Column('uuid', { name: 'user_id' })
  @ForeignKey(() => UserAccount, { name: 'email_link_user_id_fkey', onDelete: 'CASCADE' })
  userId!: string;

  /** argon2id of the password that was chosen at sign-up. */
  @Column('text', { name: 'password_hash', nullable: true })
  passwordHash!: string | null;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'expires_at' })
  expiresAt!: Date;

  @Column('timestamptz', { name: 'used_at', nullable: true })
  usedAt!: Date | null;
}
