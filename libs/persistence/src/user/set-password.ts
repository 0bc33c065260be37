import type { EntityManager } from 'typeorm';
import { recordAudit } from '../audit/audit-event.js';
import { recordChanges } from '../change/change-event.js';
import { DELETE_ACCESS_TOKENS_OF_FAMILIES } from '../token/token-family.store.js';

const UPDATE_PASSWORD = `
  UPDATE user_account SET password_hash = $2, must_change_password = false, updated_at = now() WHERE id = $1 AND NOT declared`;

const END_OTHER_SESSIONS = `DELETE FROM user_session WHERE user_id = $1 AND id_hash IS DISTINCT FROM $2`;

const REVOKE_FAMILIES = `
  WITH revoked AS (
    UPDATE token_family SET revoked_at = now(), revoked_reason = 'password-changed'
    WHERE user_id = $1 AND revoked_at IS NULL
    RETURNING id
  )
  SELECT id FROM revoked`;

export interface NewPassword {
  readonly userId: string;
  readonly passwordHash: string;
  /** SHA-256 of the id of the session that goes on; null: all end. */
  readonly keepSession: Buffer | null;
  /** Address of the client, for the audit log. */
  readonly address: string | null;
}

/**
 * Gives a person a new password. Whoever knew the old one is out: logins elsewhere end, and every token family is revoked (RFC 9700
 * §4.14.2), all in the transaction of the change.
 */
export async function setPassword(db: EntityManager, { userId, passwordHash, keepSession, address }: NewPassword): Promise<void> {
  await db.query(UPDATE_PASSWORD, [userId, passwordHash]);
  await db.query(END_OTHER_SESSIONS, [userId, keepSession]);
  const families: { id: string }[] = await db.query(REVOKE_FAMILIES, [userId]);
  const ids = families.map((family) => family.id);
  await db.query(DELETE_ACCESS_TOKENS_OF_FAMILIES, [ids]);
  await recordChanges(
    db,
    ids.map((id) => ({ kind: 'token_family', subjectId: id })),
  );
  await recordAudit(db, [{ kind: 'password-changed', actor: `user:${userId}`, subject: `user:${userId}`, address }]);
}
