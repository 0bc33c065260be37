import type { DataSource } from 'typeorm';
import type { GrantName } from '#config/registry.js';
import { type AuditEvent, type AuditKind, recordAudit } from '../audit/audit-event.js';
import { type AuthorizationGrounds, areHeld, groundsParameters, holdGrounds } from '../authorization/authorization-grounds.js';
import { lockLiveSession } from '../authorization/session.store.js';
import { recordChanges } from '../change/change-event.js';
import { ASKED, INSERT_TOKENS_OF_FAMILY, tokenParameters } from './issue-tokens.js';
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

/**
 * None where the password has changed since it was checked, or what the family rests on is gone; FOR SHARE keeps a change waiting until
 * the family is there to be revoked.
 */
const BEGIN = `
  WITH ${ASKED}, ${holdGrounds({ userId: '$12', scopes: '(SELECT scopes FROM asked)', from: 18 })}, person AS (
    SELECT id FROM user_account WHERE id = $12::uuid AND NOT blocked AND ($16::text IS NULL OR password_hash = $16::text) FOR SHARE
  ), family AS (
    INSERT INTO token_family (id, subscription_id, user_id, auth_method_id, scopes, authenticated_at, authenticated_userid, namespace)
    SELECT $10::uuid, $11::uuid, person.id, $13::text, scopes, $14::timestamptz, $15::text, $17::text FROM person, asked
    WHERE ${areHeld({ from: 18 })}
    RETURNING 1 AS n, id, subscription_id, auth_method_id, created_at
  ), ${INSERT_TOKENS_OF_FAMILY}
  SELECT id FROM family`;

/** The request ends and its token begins in one statement, so that one request gives out one token. */
const BEGIN_FOR_REQUEST = `
  WITH ${ASKED}, live AS (
    ${lockLiveSession('$14')}
  ), ${holdGrounds({ userId: '$12', scopes: '(SELECT scopes FROM asked)', from: 17 })}, finished AS (
    UPDATE authorization_request SET finished_at = now()
    FROM live
    WHERE id_hash = $10 AND finished_at IS NULL AND expires_at > now() AND ${areHeld({ from: 17 })}
    RETURNING subscription_id, auth_method_id
  ), family AS (
    INSERT INTO token_family (id, subscription_id, user_id, auth_method_id, scopes, authenticated_at, namespace, authenticated_userid)
    SELECT $11::uuid, subscription_id, $12::uuid, auth_method_id, scopes, $13::timestamptz, $15::text, $16::text
    FROM finished, asked
    RETURNING 1 AS n, id, subscription_id, auth_method_id, created_at
  ), ${INSERT_TOKENS_OF_FAMILY}
  SELECT id FROM family`;

/** The person for whom a family begins. */
export interface FamilyPerson {
  /** A new id: tokens may have it in them. */
  readonly familyId: string;
  readonly userId: string;
  /** When they logged in. */
  readonly authenticatedAt: Date | null;
  /** Who the API is told the person is; null: the account. */
  readonly authenticatedUserid: string | null;
  /** Of the person's, in the API's pool; null: it has none. */
  readonly namespace: string | null;
  readonly grounds: AuthorizationGrounds;
}

/** For whom tokens are issued. */
export interface NewFamily extends FamilyPerson {
  readonly subscriptionId: string;
  readonly authMethodId: string;
  /** That was checked; null: none was. */
  readonly passwordHash: string | null;
}

/** Everything that one authorization gave out. */
export class TokenFamilyStore {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Issues the first tokens of a person who proved who they are at the token endpoint.
   * @returns false where the person's password is no longer the one that was checked, or they were blocked or what it rests on went meanwhile
   */
  async begin(family: NewFamily, tokens: NewTokens, origin: TokenOrigin, grant: GrantName): Promise<boolean> {
    const rows: unknown[] = await this.dataSource.query(BEGIN, [
      ...tokenParameters([{ tokens, origin }], grant),
      family.familyId,
      family.subscriptionId,
      family.userId,
      family.authMethodId,
      family.authenticatedAt,
      family.authenticatedUserid,
      family.passwordHash,
      family.namespace,
      ...groundsParameters(family.grounds),
    ]);
    return rows.length === 1;
  }

  /**
   * Ends an authorization request with an access token in place of a code.
   * @returns false where it had ended already, or meanwhile the session or what it rests on
   */
  async beginForRequest(
    requestIdHash: Buffer,
    person: FamilyPerson & { readonly sessionHash: Buffer },
    tokens: NewTokens,
    origin: TokenOrigin,
  ): Promise<boolean> {
    const parameters = [
      ...tokenParameters([{ tokens, origin }], 'implicit'),
      requestIdHash,
      person.familyId,
      person.userId,
      person.authenticatedAt,
      person.sessionHash,
      person.namespace,
      person.authenticatedUserid,
      ...groundsParameters(person.grounds),
    ];
    const rows: unknown[] = await this.dataSource.query(BEGIN_FOR_REQUEST, parameters);
    return rows.length === 1;
  }

  /**
   * Revokes a family: no token of it works or is renewed any more.
   * @param origin the client that revoked it, or gave the reason to
   * @param details of the event in the audit log
   * @returns false where it had been revoked already
   */
  revoke(familyId: string, reason: RevocationReason, origin: TokenOrigin, details?: AuditEvent['details']): Promise<boolean> {
    return this.dataSource.transaction(async (db) => {
      const rows: unknown[] = await db.query(REVOKE, [familyId, reason]);
      if (rows.length === 0) return false;
      await db.query(DELETE_ACCESS_TOKENS_OF_FAMILIES, [[familyId]]);
      await recordChanges(db, [{ kind: 'token_family', subjectId: familyId }]);
      const { clientId, address } = origin;
      const event = { kind: AUDIT_KINDS[reason], actor: `client:${clientId}`, subject: `token_family:${familyId}`, address } as const;
      await recordAudit(db, [details === undefined ? event : { ...event, details }]);
      return true;
    });
  }
}
