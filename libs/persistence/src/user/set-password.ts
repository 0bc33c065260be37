import type { EntityManager } from 'typeorm';
import { recordAudit } from '../audit/audit-event.js';
import { endAccess } from './end-access.js';

const UPDATE_PASSWORD = `
  UPDATE user_account SET password_hash = $2, must_change_password = false, updated_at = now() WHERE id = $1 AND NOT password_declared`;

export interface NewPassword {
  readonly userId: string;
  readonly passwordHash: string;
  /** SHA-256 of the id of the session that goes on; null: all end. */
  readonly keepSession: Buffer | null;
  /** Address of the client, for the audit log. */
  readonly address: string | null;
}

/** Gives a person a new password. Whoever knew the old one is out, in the transaction of the change. */
export async function setPassword(db: EntityManager, { userId, passwordHash, keepSession, address }: NewPassword): Promise<void> {
  await db.query(UPDATE_PASSWORD, [userId, passwordHash]);
  await endAccess(db, { userId, keepSession, reason: 'password-changed' });
  await recordAudit(db, [{ kind: 'password-changed', actor: `user:${userId}`, subject: `user:${userId}`, address }]);
}
