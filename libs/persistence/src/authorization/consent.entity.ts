import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { Application } from '../application/application.entity.js';
import { UserAccount } from '../user/user-account.entity.js';

/** What a person allowed an application to do at an API. */
@Entity('consent')
export class Consent {
  @PrimaryColumn('uuid', { name: 'user_id' })
  @ForeignKey(() => UserAccount, { name: 'consent_user_id_fkey', onDelete: 'CASCADE' })
  userId!: string;

  @PrimaryColumn('text', { name: 'application_id' })
  @ForeignKey(() => Application, { name: 'consent_application_id_fkey', onDelete: 'CASCADE' })
  applicationId!: string;

  @PrimaryColumn('text', { name: 'api_id' })
  apiId!: string;

  @Column('text', { array: true, default: '{}' })
  scopes!: string[];

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'updated_at', default: () => 'now()' })
  updatedAt!: Date;
}
