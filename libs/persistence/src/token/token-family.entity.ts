import { Column, Entity, ForeignKey, Index, PrimaryGeneratedColumn } from 'typeorm';
import { Subscription } from '../subscription/subscription.entity.js';
import { UserAccount } from '../user/user-account.entity.js';

/** Everything that one authorization gave out; revoked as one. */
@Entity('token_family')
@Index('token_family_subscription_idx', ['subscriptionId'])
@Index('token_family_user_idx', ['userId'])
export class TokenFamily {
  @PrimaryGeneratedColumn('uuid')
  id!: string;

  @Column('uuid', { name: 'subscription_id' })
  @ForeignKey(() => Subscription, { name: 'token_family_subscription_id_fkey', onDelete: 'CASCADE' })
  subscriptionId!: string;

  @Column('uuid', { name: 'user_id' })
  @ForeignKey(() => UserAccount, { name: 'token_family_user_id_fkey', onDelete: 'CASCADE' })
  userId!: string;

  @Column('text', { name: 'auth_method_id' })
  authMethodId!: string;

  @Column('text', { array: true })
  scopes!: string[];

  /** When the person logged in. */
  @Column('timestamptz', { name: 'authenticated_at', nullable: true })
  authenticatedAt!: Date | null;

  /** What everything of it is for, in a pool with namespaces. */
  @Column('text', { nullable: true })
  namespace!: string | null;

  /** Who the API is told the person is; null: the account. */
  @Column('text', { name: 'authenticated_userid', nullable: true })
  authenticatedUserid!: string | null;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'revoked_at', nullable: true })
  revokedAt!: Date | null;

  @Column('text', { name: 'revoked_reason', nullable: true })
  revokedReason!: string | null;
}
