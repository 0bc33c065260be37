import { Check, Column, Entity, ForeignKey, PrimaryGeneratedColumn, Unique } from 'typeorm';
import { Application } from '../application/application.entity.js';

@Entity('subscription')
@Unique('subscription_application_api_key', ['applicationId', 'apiId'])
@Unique('subscription_client_id_key', ['clientId'])
@Check('subscription_status_known', `status IN ('approved', 'pending', 'blocked')`)
export class Subscription {
  @PrimaryGeneratedColumn('uuid')
  id!: string;

  @Column('text', { name: 'application_id' })
  @ForeignKey(() => Application, { name: 'subscription_application_id_fkey', onDelete: 'CASCADE' })
  applicationId!: string;

  @Column('text', { name: 'api_id' })
  apiId!: string;

  @Column('text', { name: 'plan_id' })
  planId!: string;

  @Column('text', { default: 'approved' })
  status!: 'approved' | 'pending' | 'blocked';

  /** Skips consent, and gets all scopes when it asks for none. */
  @Column('boolean', { default: false })
  trusted!: boolean;

  /** null: all scopes of the API; empty: none. */
  @Column('text', { name: 'allowed_scopes', array: true, nullable: true })
  allowedScopes!: string[] | null;

  @Column('text', { name: 'client_id', nullable: true })
  clientId!: string | null;

  @Column('boolean', { default: false })
  declared!: boolean;

  /** Signed tokens of the client itself that were issued up to then have ended. */
  @Column('timestamptz', { name: 'client_tokens_ended_at', nullable: true })
  clientTokensEndedAt!: Date | null;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'updated_at', default: () => 'now()' })
  updatedAt!: Date;
}
