import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { UserAccount } from '../user/user-account.entity.js';

/** One login: a browser × an auth method. */
@Entity('user_session')
@Index('user_session_user_idx', ['userId'])
@Index('user_session_expires_idx', ['expiresAt'])
export class UserSession {
  /** SHA-256 of the id in the cookie. */
  @PrimaryColumn('bytea', { name: 'id_hash' })
  idHash!: Buffer;

  @Column('text', { name: 'auth_method_id' })
  authMethodId!: string;

  @Column('uuid', { name: 'user_id' })
  @ForeignKey(() => UserAccount, { name: 'user_session_user_id_fkey', onDelete: 'CASCADE' })
  userId!: string;

  @Column('timestamptz', { name: 'authenticated_at', default: () => 'now()' })
  authenticatedAt!: Date;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'expires_at' })
  expiresAt!: Date;
}
