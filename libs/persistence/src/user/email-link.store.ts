import type { DataSource, EntityManager } from 'typeorm';
import { recordAudit } from '../audit/audit-event.js';
import { queueMail } from '../mail/mail-outbox.store.js';
import { setPassword } from './set-password.js';

/** Seconds that a link which confirms an address works. */
export const VERIFY_LIFETIME = 24 * 60 * 60;
/** Seconds that a link which sets a new password works. */
export const RESET_LIFETIME = 60 * 60;

export type EmailLinkKind = 'verify-email' | 'reset-password';

/** A mail for the outbox, already encrypted. */
export interface SealedMail {
  readonly sealed: Buffer;
  /** Seconds. */
  readonly lifetime: number;
}

export interface NewSignUp {
  /** Lower-case. */
  readonly email: string;
  readonly passwordHash: string;
  /** SHA-256 of the token in the link. */
  readonly linkHash: Buffer;
  /** Whether the auth method lets people in before they confirmed their address. */
  readonly trusted: boolean;
  /** For somebody new, or who has not confirmed the address yet. */
  readonly confirmation: SealedMail;
  /** For somebody who has an account: tells its owner, and nobody else. */
  readonly alreadyThere: SealedMail;
  readonly address: string | null;
}

const INSERT_USER = `
  INSERT INTO user_account (email, password_hash) VALUES ($1, $2) ON CONFLICT (email) DO NOTHING RETURNING id`;
const FIND_USER = `SELECT id, validated, declared, password_declared AS "passwordDeclared", blocked FROM user_account WHERE email = $1 FOR UPDATE`;
const INSERT_LINK = `
  INSERT INTO email_link (hash, kind, user_id, password_hash, expires_at) VALUES ($1, $2, $3, $4, now() + make_interval(secs => $5))`;

const FIND_LIVE = `
  SELECT l.user_id AS "userId", u.email
  FROM email_link l JOIN user_account u ON u.id = l.user_id
  WHERE l.hash = $1 AND l.kind = $2 AND l.used_at IS NULL AND l.expires_at > now() AND NOT u.blocked AND NOT u.password_declared`;

/**
 * Of parallel uses one wins: the others wait for the person's row and then find the link used, or gone. The person is locked before the
 * link, as by those who make links and by those who change a password: whoever held a link and waited for its person would be waited for.
 */
const USE = `
  WITH person AS (
    SELECT u.id, u.email
    FROM email_link l JOIN user_account u ON u.id = l.user_id
    WHERE l.hash = $1 AND l.kind = $2 AND l.used_at IS NULL AND l.expires_at > now() AND NOT u.blocked AND NOT u.password_declared
    FOR NO KEY UPDATE OF u
  ), used AS (
    UPDATE email_link l SET used_at = now()
    FROM person
    WHERE l.hash = $1 AND l.user_id = person.id AND l.used_at IS NULL
    RETURNING l.user_id, l.password_hash, person.email
  )
  SELECT user_id AS "userId", password_hash AS "passwordHash", email FROM used`;

/** Other links of the person, so that none that was sent before opens the account again. */
const DELETE_OTHER_LINKS = `DELETE FROM email_link WHERE user_id = $1 AND used_at IS NULL`;

const CONFIRM_USER = `UPDATE user_account SET validated = true, updated_at = now() WHERE id = $1 RETURNING password_hash AS "passwordHash"`;

interface UserRow {
  readonly id: string;
  readonly validated: boolean;
  readonly declared: boolean;
  readonly passwordDeclared: boolean;
  readonly blocked: boolean;
}

interface UsedLink {
  readonly userId: string;
  readonly passwordHash: string | null;
  readonly email: string;
}

/** Accounts by way of mail: sign-up, confirmation of an address, a new password. Mails go out only with what they tell of. */
export class EmailLinkStore {
  constructor(private readonly dataSource: DataSource) {}

  /** Takes a sign-up; nothing that is returned tells whether the address has an account. */
  async signUp(next: NewSignUp): Promise<void> {
    await this.dataSource.transaction(async (db) => {
      const inserted: { id: string }[] = await db.query(INSERT_USER, [next.email, next.trusted ? next.passwordHash : null]);
      const users: UserRow[] = await db.query(FIND_USER, [next.email]);
      const user = users[0] as UserRow;
      if (user.blocked) return;
      if (user.validated || user.declared) {
        await queueMail(db, next.alreadyThere.sealed, next.alreadyThere.lifetime);
        return;
      }
      await db.query(INSERT_LINK, [next.linkHash, 'verify-email', user.id, next.passwordHash, VERIFY_LIFETIME]);
      await queueMail(db, next.confirmation.sealed, next.confirmation.lifetime);
      if (inserted.length > 0) {
        const { address } = next;
        await recordAudit(db, [{ kind: 'user-signed-up', actor: 'anonymous', subject: `user:${user.id}`, address }]);
      }
    });
  }

  /**
   * Sends a link that sets a new password, where there is such a person.
   * @param declared mail for somebody whose password stands in the config folder
   */
  async askForReset(email: string, linkHash: Buffer, reset: SealedMail, declared: SealedMail): Promise<void> {
    await this.dataSource.transaction(async (db) => {
      const users: UserRow[] = await db.query(FIND_USER, [email]);
      const [user] = users;
      if (user === undefined || user.blocked) return;
      if (user.passwordDeclared) {
        await queueMail(db, declared.sealed, declared.lifetime);
        return;
      }
      await db.query(INSERT_LINK, [linkHash, 'reset-password', user.id, null, RESET_LIFETIME]);
      await queueMail(db, reset.sealed, reset.lifetime);
    });
  }

  /** Looks at a link without using it: mail scanners open links too. @returns e-mail address of the person; null: it does not work */
  async findEmail(linkHash: Buffer, kind: EmailLinkKind): Promise<string | null> {
    const rows: { email: string }[] = await this.dataSource.query(FIND_LIVE, [linkHash, kind]);
    return rows[0]?.email ?? null;
  }

  /** Confirms the address, with the password that was chosen for this link. @returns false where the link does not work (any more) */
  confirm(linkHash: Buffer, address: string | null): Promise<boolean> {
    return this.dataSource.transaction(async (db) => {
      const used = await use(db, linkHash, 'verify-email');
      if (used === null) return false;
      const { userId, passwordHash } = used;
      const [[user]]: [{ passwordHash: string | null }[], number] = await db.query(CONFIRM_USER, [userId]);
      // Whoever signed up with another person's address, and was trusted before it was confirmed, is out from now on.
      if (passwordHash !== null && user?.passwordHash !== passwordHash) {
        await setPassword(db, { userId, passwordHash, keepSession: null, address });
      }
      await db.query(DELETE_OTHER_LINKS, [used.userId]);
      await recordAudit(db, [{ kind: 'user-verified', actor: `user:${used.userId}`, subject: `user:${used.userId}`, address }]);
      return true;
    });
  }

  /**
   * Sets a new password by a link, which also proves the address, and ends all that was open under the old one.
   * @param told tells the person of it
   * @returns e-mail address of the person; null where the link does not work (any more)
   */
  reset(linkHash: Buffer, passwordHash: string, told: SealedMail, address: string | null): Promise<string | null> {
    return this.dataSource.transaction(async (db) => {
      const used = await use(db, linkHash, 'reset-password');
      if (used === null) return null;
      await db.query(CONFIRM_USER, [used.userId]);
      await setPassword(db, { userId: used.userId, passwordHash, keepSession: null, address });
      await db.query(DELETE_OTHER_LINKS, [used.userId]);
      await queueMail(db, told.sealed, told.lifetime);
      return used.email;
    });
  }
}

async function use(db: EntityManager, linkHash: Buffer, kind: EmailLinkKind): Promise<UsedLink | null> {
  const rows: UsedLink[] = await db.query(USE, [linkHash, kind]);
  return rows[0] ?? null;
}
