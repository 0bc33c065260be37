import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { TokenFamily } from './token-family.entity.js';

@Entity('authorization_code')
@Index('authorization_code_family_idx', ['familyId'])
@Index('authorization_code_expires_idx', ['expiresAt'])
export class AuthorizationCode {
  /** SHA-256 of the code. */
  @PrimaryColumn('bytea')
  hash!: Buffer;

  @Column('uuid', { name: 'family_id' })
  @ForeignKey(() => TokenFamily, { name: 'authorization_code_family_id_fkey', onDelete: 'CASCADE' })
  familyId!: string;

  @Column('text', { name: 'redirect_uri' })
  redirectUri!: string;

  @Column('text', { name: 'code_challenge', nullable: true })
  codeChallenge!: string | null;

  /** `nonce` of the authorization request. */
  @Column('text', { nullable: true })
  nonce!: string | null;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'expires_at' })
  expiresAt!: Date;

  @Column('timestamptz', { name: 'consumed_at', nullable: true })
  consumedAt!: Date | null;
}
