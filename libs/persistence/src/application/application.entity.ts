import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('application')
@Check('application_client_type_known', `client_type IN ('confidential', 'public_spa', 'public_native')`)
export class Application {
  @PrimaryColumn('text')
  id!: string;

  @Column('text')
  name!: string;

  @Column('text', { name: 'client_type' })
  clientType!: 'confidential' | 'public_spa' | 'public_native';

  @Column('text', { name: 'redirect_uris', array: true, default: '{}' })
  redirectUris!: string[];

  @Column('boolean', { default: false })
  blocked!: boolean;

  @Column('boolean', { default: false })
  declared!: boolean;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'updated_at', default: () => 'now()' })
  updatedAt!: Date;
}
