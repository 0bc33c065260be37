import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import { Subscription } from '../subscription/subscription.entity.js';
import { UserAccount } from '../user/user-account.entity.js';

/** A device that waits for a person to let it in (RFC 8628). */
@Entity('device_authorization')
@Unique('device_authorization_user_code_key', ['userCode'])
@Index('device_authorization_expires_idx', ['expiresAt'])
@Check('device_authorization_decision_known', `decision IN ('approved', 'denied')`)
export class DeviceAuthorizationRow {
  /** SHA-256 of the device code. */
  @PrimaryColumn('bytea')
  hash!: Buffer;

  @Column('text', { name: 'user_code' })
  userCode!: string;

  @Column('uuid', { name: 'subscription_id' })
  @ForeignKey(() => Subscription, { name: 'device_authorization_subscription_id_fkey', onDelete: 'CASCADE' })
  subscriptionId!: string;

  @Column('text', { name: 'auth_method_id' })
  authMethodId!: string;

  @Column('text', { array: true })
  scopes!: string[];

  /** Seconds that the device has to wait between two polls. */
  @Column('integer', { name: 'poll_interval' })
  pollInterval!: number;

  @Column('timestamptz', { name: 'last_polled_at', nullable: true })
  lastPolledAt!: Date | null;

  @Column('text', { nullable: true })
  decision!: 'approved' | 'denied' | null;

  /** Who decided. */
  @Column('uuid', { name: 'user_id', nullable: true })
  @ForeignKey(() => UserAccount, { name: 'device_authorization_user_id_fkey', onDelete: 'CASCADE' })
  userId!: string | null;

  /** When they had logged in. */
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

  @Column('timestamptz', { name: 'expires_at' })
  expiresAt!: Date;

  @Column('timestamptz', { name: 'consumed_at', nullable: true })
  consumedAt!: Date | null;
}
