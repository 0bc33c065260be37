import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

/** A key that signs tokens, did so, or will. */
@Entity('signing_key')
@Check('signing_key_alg_known', `alg IN ('ES256', 'RS256')`)
export class SigningKeyRow {
  /** RFC 7638 thumbprint. */
  @PrimaryColumn('text')
  kid!: string;

  @Column('text')
  alg!: 'ES256' | 'RS256';

  @Column('jsonb', { name: 'public_jwk' })
  publicJwk!: object;

  /** The private key, encrypted under a key made from GATEHOUSE_SECRET. */
  @Column('bytea', { name: 'sealed_private' })
  sealedPrivate!: Buffer;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;

  /** null: the next key. */
  @Column('timestamptz', { name: 'signs_from', nullable: true })
  signsFrom!: Date | null;

  /** Longest life of the tokens that were signed while the key was here, in seconds. */
  @Column('integer', { name: 'token_life', default: 3600 })
  tokenLife!: number;
}
