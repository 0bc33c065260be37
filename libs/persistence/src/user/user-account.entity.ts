import { Check, Column, Entity, PrimaryGeneratedColumn, Unique } from 'typeorm';

@Entity('user_account')
@Unique('user_account_email_key', ['email'])
@Check('user_account_email_lower', 'email = lower(email)')
export class UserAccount {
  @PrimaryGeneratedColumn('uuid')
  id!: string;

  /** Lower-case. */
  @Column('text')
  email!: string;

  /** argon2id; null: the person has no password here. */
  @Column('text', { name: 'password_hash', nullable: true })
  passwordHash!: string | null;

  @Column('text', { array: true, default: '{}' })
  groups!: string[];

  @Column('boolean', { default: false })
  validated!: boolean;

  @Column('boolean', { default: false })
  blocked!: boolean;

  @Column('boolean', { default: false })
  declared!: boolean;

  /** The password is the config folder's: nobody changes it elsewhere. */
  @Column('boolean', { name: 'password_declared', default: false })
  passwordDeclared!: boolean;

  /** The next login leads to a page that asks for a new password. */
  @Column('boolean', { name: 'must_change_password', default: false })
  mustChangePassword!: boolean;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'updated_at', default: () => 'now()' })
  updatedAt!: Date;
}
