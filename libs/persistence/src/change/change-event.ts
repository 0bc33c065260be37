import type { EntityManager } from 'typeorm';

/**
 * What changed; `subjectId` names the row: a subscription's or family's uuid, an application's id, an access token's SHA-256 in hex, a key's id. A
 * family's one change is its revocation: each revoked family has a row of its own.
 */
export type ChangeKind = 'subscription' | 'application' | 'user' | 'token_family' | 'access_token' | 'signing_key';

export interface Change {
  readonly kind: ChangeKind;
  readonly subjectId: string;
}

/** Channel on which PostgreSQL wakes readers when a change was committed. */
export const CHANGE_CHANNEL = 'gatehouse_change';

const INSERT_CHANGES = `
  INSERT INTO change_event (txid, kind, subject_id)
  SELECT pg_current_xact_id()::text::bigint, changed.* FROM unnest($1::text[], $2::text[]) AS changed`;

/**
 * Appends to the change feed.
 * @param db the transaction that makes the change: the feed must commit with it
 */
export async function recordChanges(db: EntityManager, changes: readonly Change[]): Promise<void> {
  if (changes.length === 0) return;
  await db.query(INSERT_CHANGES, [changes.map((change) => change.kind), changes.map((change) => change.subjectId)]);
}
