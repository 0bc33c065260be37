import { Check, Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { Application } from './application.entity.js';

@Entity('application_owner')
@Check('application_owner_email_lower', 'email = lower(email)')
@Check('application_owner_role_known', `role IN ('owner', 'collaborator', 'reader')`)
export class ApplicationOwner {
  @PrimaryColumn('text', { name: 'application_id' })
  @ForeignKey(() => Application, { name: 'application_owner_application_id_fkey', onDelete: 'CASCADE' })
  applicationId!: string;

  /** Lower-case. */
  @PrimaryColumn('text')
  email!: string;

  @Column('text')
  role!: 'owner' | 'collaborator' | 'reader';
}
