import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { TokenFamily } from './token-family.entity.js';

@Entity('refresh_token')
@Index('refresh_token_family_idx', ['familyId'])
@Index('refresh_token_expires_idx', ['expiresAt'])
export class RefreshToken {
  /** SHA-256 of the token. */
  @PrimaryColumn('bytea')
  hash!: Buffer;

  @Column('uuid', { name: 'family_id' })
  @ForeignKey(() => TokenFamily, { name: 'refresh_token_family_id_fkey', onDelete: 'CASCADE' })
  familyId!: string;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'expires_at' })
  expiresAt!: Date;

  @Column('timestamptz', { name: 'consumed_at', nullable: true })
  consumedAt!: Date | null;

  /** The answer to its first use, encrypted under a key that only the token itself yields. */
  @Column('bytea', { name: 'sealed_successor', nullable: true })
  sealedSuccessor!: Buffer | null;

  /** Uses within the grace period, after the first. */
  @Column('integer', { default: 0 })
  repeats!: number;
}
