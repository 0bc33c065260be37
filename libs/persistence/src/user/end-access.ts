import type { EntityManager } from 'typeorm';
import { recordChanges } from '../change/change-event.js';
import { endApprovedDevices } from '../device/end-approved-devices.js';
import { DELETE_ACCESS_TOKENS_OF_FAMILIES } from '../token/token-family.store.js';

const END_OTHER_SESSIONS = `DELETE FROM user_session WHERE user_id = $1 AND id_hash IS DISTINCT FROM $2`;

const REVOKE_FAMILIES = `
  WITH revoked AS (
    UPDATE token_family SET revoked_at = now(), revoked_reason = $2
    WHERE user_id = $1 AND revoked_at IS NULL
    RETURNING id
  )
  SELECT id FROM revoked`;

export interface EndedAccess {
  readonly userId: string;
  /** SHA-256 of the id of the session that goes on; null: all end. */
  readonly keepSession: Buffer | null;
  readonly reason: 'password-changed' | 'password-change-required';
}

/**
 * Ends all that a person's password opened: logins, devices that were let in, token families (RFC 9700 §4.14.2). Follows, in its
 * transaction, the statement that changes the person's row: whoever begins something with the old password holds that row, so these
 * statements find what they began, and whoever comes later finds the row changed.
 */
export async function endAccess(db: EntityManager, { userId, keepSession, reason }: EndedAccess): Promise<void> {
  await db.query(END_OTHER_SESSIONS, [userId, keepSession]);
  await endApprovedDevices(db, { userId });
  const families: { id: string }[] = await db.query(REVOKE_FAMILIES, [userId, reason]);
  const ids = families.map((family) => family.id);
  await db.query(DELETE_ACCESS_TOKENS_OF_FAMILIES, [ids]);
  await recordChanges(
    db,
    ids.map((id) => ({ kind: 'token_family', subjectId: id })),
  );
}
