import type { DataSource } from 'typeorm';
import type { GrantName } from '#config/registry.js';
import { type AuditKind, recordAudit } from '../audit/audit-event.js';
import { recordChanges } from '../change/change-event.js';
import { INSERT_TOKENS_OF_FAMILY, tokenParameters } from './issue-tokens.js';
import type { NewTokens, TokenOrigin } from './new-tokens.js';

/** Why a family was revoked, and what the audit log calls it. */
const AUDIT_KINDS = {
  'code-replayed': 'code-replayed',
  'refresh-token-reused': 'refresh-token-reused',
  'revoked-by-client': 'token-revoked',
  'scope-refused': 'scope-refused',
} as const satisfies Record<string, AuditKind>;

export type RevocationReason = keyof typeof AUDIT_KINDS;

const REVOKE = `
  WITH revoked AS (
    UPDATE token_family SET revoked_at = now(), revoked_reason = $2 WHERE id = $1 AND revoked_at IS NULL RETURNING id
  )
  SELECT id FROM revoked`;

/**
 * Follows, as a statement of its own, the one that revokes: whoever issues holds the family FOR SHARE, so the revocation waited for
 * them, and this statement sees what they committed.
 */
export const DELETE_ACCESS_TOKENS_OF_FAMILIES = `DELETE FROM access_token WHERE family_id = ANY($1::uuid[])`;

const BEGIN = `
  WITH family AS (
    INSERT INTO token_family (id, subscription_id, user_id, auth_method_id, scopes, authenticated_at, authenticated_userid)
    VALUES ($10, $11, $12, $13, $2, $14, $15)
    RETURNING id, subscription_id, auth_method_id, created_at
  ), ${INSERT_TOKENS_OF_FAMILY}
  SELECT id FROM family`;

/** The request ends and its token begins in one statement, so that one request gives out one token. */
const BEGIN_FOR_REQUEST = `
  WITH finished AS (
    UPDATE authorization_request SET finished_at = now()
    WHERE id_hash = $10 AND finished_at IS NULL AND expires_at > now()
    RETURNING subscription_id, auth_method_id, namespace, authenticated_userid
  ), family AS (
    INSERT INTO token_family (id, subscription_id, user_id, auth_method_id, scopes, authenticated_at, namespace, authenticated_userid)
    SELECT $11::uuid, subscription_id, $12::uuid, auth_method_id, $2::text[], $13::timestamptz, namespace, authenticated_userid FROM finished
    RETURNING id, subscription_id, auth_method_id, created_at
  ), ${INSERT_TOKENS_OF_FAMILY}
  SELECT id FROM family`;

/** The person for whom a family begins. */
export interface FamilyPerson {
  /** A new id: tokens may have it in them. */
  readonly familyId: string;
  readonly userId: string;
  /** When they logged in. */
  readonly authenticatedAt: Date | null;
}

/** For whom tokens are issued. */
export interface NewFamily extends FamilyPerson {
  readonly subscriptionId: string;
  readonly authMethodId: string;
  /** Who the API is told the person is; null: the account. */
  readonly authenticatedUserid: string | null;
}

/** Everything that one authorization gave out. */
export class TokenFamilyStore {
  constructor(private readonly dataSource: DataSource) {}

  /** Issues the first tokens of a person who proved who they are at the token endpoint. */
  async begin(family: NewFamily, tokens: NewTokens, origin: TokenOrigin, grant: GrantName): Promise<void> {
    await this.dataSource.query(BEGIN, [
      ...tokenParameters(tokens, origin, grant),
      family.familyId,
      family.subscriptionId,
      family.userId,
      family.authMethodId,
      family.authenticatedAt,
      family.authenticatedUserid,
    ]);
  }

  /** Ends an authorization request with an access token in place of a code. @returns false where it had ended already */
  async beginForRequest(requestIdHash: Buffer, person: FamilyPerson, tokens: NewTokens, origin: TokenOrigin): Promise<boolean> {
    const parameters = [
      ...tokenParameters(tokens, origin, 'implicit'),
      requestIdHash,
      person.familyId,
      person.userId,
      person.authenticatedAt,
    ];
    const rows: unknown[] = await this.dataSource.query(BEGIN_FOR_REQUEST, parameters);
    return rows.length === 1;
  }

  /**
   * Revokes a family: no token of it works or is renewed any more.
   * @param origin the client that revoked it, or gave the reason to
   * @returns false where it had been revoked already
   */
  revoke(familyId: string, reason: RevocationReason, origin: TokenOrigin): Promise<boolean> {
    return this.dataSource.transaction(async (db) => {
      const rows: unknown[] = await db.query(REVOKE, [familyId, reason]);
      if (rows.length === 0) return false;
      await db.query(DELETE_ACCESS_TOKENS_OF_FAMILIES, [[familyId]]);
      await recordChanges(db, [{ kind: 'token_family', subjectId: familyId }]);
      const { clientId, address } = origin;
      await recordAudit(db, [{ kind: AUDIT_KINDS[reason], actor: `client:${clientId}`, subject: `token_family:${familyId}`, address }]);
      return true;
    });
  }
}
