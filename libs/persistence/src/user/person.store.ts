import type { DataSource } from 'typeorm';
import { recordAudit } from '../audit/audit-event.js';
import { queueMail } from '../mail/mail-outbox.store.js';
import type { SealedMail } from './email-link.store.js';
import { endAccess } from './end-access.js';
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
  readonly groups: readonly string[];
  readonly passwordHash: string | null;
  /** The password stands in the config folder: read-only elsewhere. */
  readonly passwordDeclared: boolean;
  readonly mustChangePassword: boolean;
}

const BY_ID = `SELECT email, validated FROM user_account WHERE id = $1`;

const ACCOUNT = `
  SELECT id AS "userId", email, groups, password_hash AS "passwordHash", password_declared AS "passwordDeclared",
         must_change_password AS "mustChangePassword"
  FROM user_account
  WHERE id = $1 AND NOT blocked`;

/** Only where the password is still the one that was checked. */
const REHASH = `
  WITH rehashed AS (UPDATE user_account SET password_hash = $3 WHERE id = $1 AND password_hash = $2 RETURNING id)
  SELECT id FROM rehashed`;

/**
 * A change that was begun with a password which is gone must not undo the one that ended it (a reset by mail). NO KEY: a code that is
 * being issued holds its session, which the change waits for, and must not wait in turn for the person's row, to which it refers.
 */
const HOLD_UNCHANGED = `SELECT id FROM user_account WHERE id = $1 AND password_hash = $2 FOR NO KEY UPDATE`;

const REQUIRE_CHANGE = `
  WITH required AS (
    UPDATE user_account SET must_change_password = true, updated_at = now()
    WHERE id = $1 AND password_hash IS NOT NULL AND NOT password_declared
    RETURNING id
  )
  SELECT id FROM required`;

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

  /** Replaces a hash that was made with old parameters by one of the same password. @returns false where the person has another by now */
  async rehash(userId: string, outdated: string, passwordHash: string): Promise<boolean> {
    const rows: unknown[] = await this.dataSource.query(REHASH, [userId, outdated, passwordHash]);
    return rows.length === 1;
  }

  /**
   * The operator wants a person to choose a new password: until then they can do nothing else, and whoever knows the one of now is out.
   * @returns false where the person has no password here, or the config folder's
   */
  requirePasswordChange(userId: string): Promise<boolean> {
    return this.dataSource.transaction(async (db) => {
      const rows: unknown[] = await db.query(REQUIRE_CHANGE, [userId]);
      if (rows.length === 0) return false;
      await endAccess(db, { userId, keepSession: null, reason: 'password-change-required' });
      await recordAudit(db, [{ kind: 'password-change-required', actor: 'operator', subject: `user:${userId}`, address: null }]);
      return true;
    });
  }

  /**
   * @param checked hash that the person's old password was held against
   * @param told tells the person of it
   * @returns false where the person has another password by now
   */
  changePassword(next: NewPassword, checked: string | null, told: SealedMail): Promise<boolean> {
    return this.dataSource.transaction(async (db) => {
      const rows: unknown[] = await db.query(HOLD_UNCHANGED, [next.userId, checked]);
      if (rows.length === 0) return false;
      await setPassword(db, next);
      await queueMail(db, told.sealed, told.lifetime);
      return true;
    });
  }

  /** @param email lower-case */
  async findByEmail(email: string): Promise<PersonCredentials | null> {
    const rows: PersonCredentials[] = await this.dataSource.query(BY_EMAIL, [email]);
    return rows[0] ?? null;
  }
}
