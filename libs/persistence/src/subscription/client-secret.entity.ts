import { Column, Entity, ForeignKey, Index, PrimaryGeneratedColumn } from 'typeorm';
import { Subscription } from './subscription.entity.js';

@Entity('client_secret')
@Index('client_secret_subscription_idx', ['subscriptionId'])
export class ClientSecret {
  @PrimaryGeneratedColumn('uuid')
  id!: string;

  @Column('uuid', { name: 'subscription_id' })
  @ForeignKey(() => Subscription, { name: 'client_secret_subscription_id_fkey', onDelete: 'CASCADE' })
  subscriptionId!: string;

  /** SHA-256. */
  @Column('bytea')
  hash!: Buffer;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'expires_at', nullable: true })
  expiresAt!: Date | null;
}
