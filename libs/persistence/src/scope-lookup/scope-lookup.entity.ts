import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The last good answer of a service that lists the scopes of an API. */
@Entity('scope_lookup')
export class ScopeLookupRow {
  /** Where it was asked, without user name and password. */
  @PrimaryColumn('text')
  url!: string;

  /** Pairs of scope and description, in order. */
  @Column('jsonb')
  scopes!: object;

  @Column('timestamptz', { name: 'updated_at', default: () => 'now()' })
  updatedAt!: Date;
}
