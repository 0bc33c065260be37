import { Column, Entity, ForeignKey, Index, PrimaryGeneratedColumn, Unique } from 'typeorm';
import { Subscription } from './subscription.entity.js';

@Entity('api_key')
@Unique('api_key_hash_key', ['hash'])
@Index('api_key_subscription_idx', ['subscriptionId'])
export class ApiKey {
  @PrimaryGeneratedColumn('uuid')
  id!: string;

  @Column('uuid', { name: 'subscription_id' })
  @ForeignKey(() => Subscription, { name: 'api_key_subscription_id_fkey', onDelete: 'CASCADE' })
  subscriptionId!: string;

  /** SHA-256. */
  @Column('bytea')
  hash!: Buffer;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'expires_at', nullable: true })
  expiresAt!: Date | null;
}
