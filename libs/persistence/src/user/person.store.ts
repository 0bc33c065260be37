import type { DataSource } from 'typeorm';
import { queueMail } from '../mail/mail-outbox.store.js';
import type { SealedMail } from './email-link.store.js';
import { type NewPassword, setPassword } from './set-password.js';

/** What a login needs to know of a person. */
export interface PersonCredentials {
  readonly userId: string;
  readonly passwordHash: string | null;
  readonly validated: boolean;
  readonly blocked: boolean;
}

/** What an application may be told of a person. */
export interface PersonAccount {
  readonly email: string;
  readonly validated: boolean;
}

/** What the pages of an account need to know of its person. */
export interface AccountPerson {
  readonly userId: string;
  readonly email: string;
  readonly passwordHash: string | null;
  /** Stands in the config folder: read-only elsewhere. */
  readonly declared: boolean;
  readonly mustChangePassword: boolean;
}

const BY_ID = `SELECT email, validated FROM user_account WHERE id = $1`;

const ACCOUNT = `
  SELECT id AS "userId", email, password_hash AS "passwordHash", declared, must_change_password AS "mustChangePassword"
  FROM user_account
  WHERE id = $1 AND NOT blocked`;

/** Only where the password is still the one that was checked. */
const REHASH = `UPDATE user_account SET password_hash = $3 WHERE id = $1 AND password_hash = $2`;

const BY_EMAIL = `
  SELECT id AS "userId", password_hash AS "passwordHash", validated, blocked
  FROM user_account
  WHERE email = $1`;

/** People, as the login pages see them. */
export class PersonStore {
  constructor(private readonly dataSource: DataSource) {}

  async findById(userId: string): Promise<PersonAccount | null> {
    const rows: PersonAccount[] = await this.dataSource.query(BY_ID, [userId]);
    return rows[0] ?? null;
  }

  /** @returns null where there is no such person, or they are blocked */
  async findAccount(userId: string): Promise<AccountPerson | null> {
    const rows: AccountPerson[] = await this.dataSource.query(ACCOUNT, [userId]);
    return rows[0] ?? null;
  }

  /** Replaces a hash that was made with old parameters by one of the same password. */
  async rehash(userId: string, outdated: string, passwordHash: string): Promise<void> {
    await this.dataSource.query(REHASH, [userId, outdated, passwordHash]);
  }

  /** @param told tells the person of it */
  async changePassword(next: NewPassword, told: SealedMail): Promise<void> {
    await this.dataSource.transaction(async (db) => {
      await setPassword(db, next);
      await queueMail(db, told.sealed, told.lifetime);
    });
  }

  /** @param email lower-case */
  async findByEmail(email: string): Promise<PersonCredentials | null> {
    const rows: PersonCredentials[] = await this.dataSource.query(BY_EMAIL, [email]);
    return rows[0] ?? null;
  }
}
