import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { Subscription } from '../subscription/subscription.entity.js';
import { UserAccount } from '../user/user-account.entity.js';

/** A checked authorization request on its way through login and consent, bound to one browser. */
@Entity('authorization_request')
@Index('authorization_request_expires_idx', ['expiresAt'])
@Check('authorization_request_consent_decision_known', `consent_decision IN ('allowed', 'denied')`)
export class AuthorizationRequestRow {
  /** SHA-256 of the id in the pages' URLs. */
  @PrimaryColumn('bytea', { name: 'id_hash' })
  idHash!: Buffer;

  /** SHA-256 of the browser's cookie. */
  @Column('bytea', { name: 'browser_hash' })
  browserHash!: Buffer;

  @Column('text', { name: 'auth_method_id' })
  authMethodId!: string;

  @Column('text', { name: 'api_id' })
  apiId!: string;

  @Column('uuid', { name: 'subscription_id' })
  @ForeignKey(() => Subscription, { name: 'authorization_request_subscription_id_fkey', onDelete: 'CASCADE' })
  subscriptionId!: string;

  /** The checked parameters. */
  @Column('jsonb')
  request!: object;

  @Column('uuid', { name: 'user_id', nullable: true })
  @ForeignKey(() => UserAccount, { name: 'authorization_request_user_id_fkey', onDelete: 'CASCADE' })
  userId!: string | null;

  @Column('timestamptz', { name: 'authenticated_at', nullable: true })
  authenticatedAt!: Date | null;

  /** What the person answered on the consent page of this very request. */
  @Column('text', { name: 'consent_decision', nullable: true })
  consentDecision!: 'allowed' | 'denied' | null;

  /** Who answered; another person who logs in meanwhile is asked again. */
  @Column('uuid', { name: 'consent_user_id', nullable: true })
  consentUserId!: string | null;

  /** Which of their namespaces the person chose. */
  @Column('text', { nullable: true })
  namespace!: string | null;

  /** About whom the API's own service decided. */
  @Column('uuid', { name: 'decided_user_id', nullable: true })
  decidedUserId!: string | null;

  /** In which of their namespaces; null: the pool has none. */
  @Column('text', { name: 'decided_namespace', nullable: true })
  decidedNamespace!: string | null;

  /** What it decided. */
  @Column('text', { name: 'decided_scopes', array: true, nullable: true })
  decidedScopes!: string[] | null;

  /** Who the API is told the person is; null: the account. */
  @Column('text', { name: 'authenticated_userid', nullable: true })
  authenticatedUserid!: string | null;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'expires_at' })
  expiresAt!: Date;

  @Column('timestamptz', { name: 'finished_at', nullable: true })
  finishedAt!: Date | null;
}
