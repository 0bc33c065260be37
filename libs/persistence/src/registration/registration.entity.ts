import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { UserAccount } from '../user/user-account.entity.js';

/** What a person told about themselves for the APIs of a pool. */
@Entity('registration')
export class RegistrationRow {
  @PrimaryColumn('uuid', { name: 'user_id' })
  @ForeignKey(() => UserAccount, { name: 'registration_user_id_fkey', onDelete: 'CASCADE' })
  userId!: string;

  @PrimaryColumn('text', { name: 'pool_id' })
  poolId!: string;

  /** Empty: the pool has none. */
  @PrimaryColumn('text', { default: '' })
  namespace!: string;

  /** Values by the ids of the pool's properties. */
  @Column('jsonb')
  properties!: object;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'updated_at', default: () => 'now()' })
  updatedAt!: Date;
}
