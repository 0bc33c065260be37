import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { Subscription } from '../subscription/subscription.entity.js';
import { TokenFamily } from './token-family.entity.js';

@Entity('access_token')
@Index('access_token_subscription_idx', ['subscriptionId'])
@Index('access_token_family_idx', ['familyId'])
export class AccessToken {
  /** SHA-256 of the token. */
  @PrimaryColumn('bytea')
  hash!: Buffer;

  /** Partition: 1 to 6 by the hours in which it expires, 0 for what is cleaned row by row. */
  @PrimaryColumn('smallint', { default: 0 })
  bucket!: number;

  @Column('uuid', { name: 'subscription_id' })
  @ForeignKey(() => Subscription, { name: 'access_token_subscription_id_fkey', onDelete: 'CASCADE' })
  subscriptionId!: string;

  /** null: the token is the client's own (client credentials). */
  @Column('uuid', { name: 'family_id', nullable: true })
  @ForeignKey(() => TokenFamily, { name: 'access_token_family_id_fkey', onDelete: 'CASCADE' })
  familyId!: string | null;

  @Column('text', { name: 'auth_method_id' })
  authMethodId!: string;

  @Column('text', { array: true })
  scopes!: string[];

  @Column('timestamptz', { name: 'issued_at', default: () => 'now()' })
  issuedAt!: Date;

  @Column('timestamptz', { name: 'expires_at' })
  expiresAt!: Date;
}
