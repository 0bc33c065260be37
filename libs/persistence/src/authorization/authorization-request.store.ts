import type { DataSource } from 'typeorm';
import { hashToken } from '#secrets/token.js';
import { type AuditEvent, recordAudit } from '../audit/audit-event.js';

/** `device`: nothing; a device that waits elsewhere is let in. */
export type ResponseType = 'code' | 'token' | 'device';

/** The checked parameters of an authorization request. */
export interface RequestedAuthorization {
  readonly redirectUri: string;
  readonly state: string | null;
  /** What the client is answered with. */
  readonly responseType: ResponseType;
  /** The device that waits; only with `device`. */
  readonly device?: { readonly hash: string; readonly userCode: string };
  /** What will be granted: checked and narrowed. */
  readonly scopes: readonly string[];
  /** S256 challenge; null where the client sent none. */
  readonly codeChallenge: string | null;
  /** Values of `prompt`. */
  readonly prompt: readonly string[];
  readonly loginHint: string | null;
  /** Value of `ui_locales`. */
  readonly uiLocales: string | null;
  readonly nonce: string | null;
  /** Seconds that the login may be old; null: as old as it is. */
  readonly maxAge: number | null;
  /** Who must be logged in, by `id_token_hint`; null: anybody. */
  readonly hintedUserId: string | null;
  /** Value of `namespace`: the one that alone will do; null: any of the person's. */
  readonly namespace: string | null;
}

/** An authorization request on its way; the state from which the next step is computed. */
export interface PendingAuthorization {
  readonly idHash: Buffer;
  readonly authMethodId: string;
  readonly apiId: string;
  readonly subscriptionId: string;
  readonly request: RequestedAuthorization;
  /** Who logged in during this request; null where nobody has (a session of the browser may still serve). */
  readonly userId: string | null;
  readonly consentDecision: 'allowed' | 'denied' | null;
  readonly consentUserId: string | null;
  /** Which of their namespaces the person chose; null: none so far. */
  readonly namespace: string | null;
  /** What the API's own service (`passthroughScopeUrl`) decided; null: it was not asked so far, or there is none. */
  readonly scopeDecision: RecordedScopeDecision | null;
  readonly finished: boolean;
}

/** What a service decided on the scopes of an authorization. */
export interface RecordedScopeDecision {
  /** About whom, and in which namespace; another person who logs in meanwhile, or another choice, is decided on anew. */
  readonly userId: string;
  readonly namespace: string | null;
  readonly scopes: readonly string[];
  /** Who the API is told the person is; null: the account. */
  readonly authenticatedUserid: string | null;
}

export interface NewAuthorization {
  readonly id: string;
  readonly browserId: string;
  readonly authMethodId: string;
  readonly apiId: string;
  readonly subscriptionId: string;
  readonly request: RequestedAuthorization;
  /** Seconds. */
  readonly lifetime: number;
}

const INSERT = `
  INSERT INTO authorization_request (id_hash, browser_hash, auth_method_id, api_id, subscription_id, request, expires_at)
  VALUES ($1, $2, $3, $4, $5, $6, now() + make_interval(secs => $7))`;

const FIND = `
  SELECT id_hash AS "idHash", auth_method_id AS "authMethodId", api_id AS "apiId", subscription_id AS "subscriptionId", request,
         user_id AS "userId", consent_decision AS "consentDecision", consent_user_id AS "consentUserId", namespace,
         CASE WHEN decided_user_id IS NOT NULL THEN jsonb_build_object(
           'userId', decided_user_id, 'namespace', decided_namespace, 'scopes', decided_scopes, 'authenticatedUserid', authenticated_userid) END AS "scopeDecision",
         finished_at IS NOT NULL AS finished
  FROM authorization_request
  WHERE id_hash = $1 AND browser_hash = $2 AND auth_method_id = $3 AND expires_at > now()`;

const RECORD_LOGIN = `
  UPDATE authorization_request SET user_id = $2, authenticated_at = now()
  WHERE id_hash = $1 AND finished_at IS NULL`;

const RECORD_DENIAL = `
  WITH denied AS (
    UPDATE authorization_request SET consent_decision = 'denied', consent_user_id = $2::uuid
    WHERE id_hash = $1 AND finished_at IS NULL
    RETURNING subscription_id
  )
  INSERT INTO audit_event (kind, actor, subject, address)
  SELECT 'consent-denied', 'user:' || $2::uuid, 'subscription:' || subscription_id, $3::text FROM denied`;

const RECORD_NAMESPACE = `UPDATE authorization_request SET namespace = $2 WHERE id_hash = $1 AND finished_at IS NULL`;

/** What was allowed before was something else. */
const RECORD_SCOPE_DECISION = `
  UPDATE authorization_request
  SET decided_user_id = $2, decided_scopes = $3, authenticated_userid = $4, decided_namespace = $5,
      consent_decision = nullif(consent_decision, 'allowed')
  WHERE id_hash = $1 AND finished_at IS NULL`;

const FINISH = `
  WITH finished AS (
    UPDATE authorization_request SET finished_at = now() WHERE id_hash = $1 AND finished_at IS NULL RETURNING id_hash
  )
  SELECT id_hash FROM finished`;

/** Authorization requests between the authorization endpoint and the redirect back to the client. */
export class AuthorizationRequestStore {
  constructor(private readonly dataSource: DataSource) {}

  async insert(next: NewAuthorization): Promise<void> {
    await this.dataSource.query(INSERT, [
      hashToken(next.id),
      hashToken(next.browserId),
      next.authMethodId,
      next.apiId,
      next.subscriptionId,
      JSON.stringify(next.request),
      next.lifetime,
    ]);
  }

  /** Finds a live request, and only for the browser and the auth method that began it (RFC 9700 §4.4, §4.7). */
  async find(id: string, browserId: string, authMethodId: string): Promise<PendingAuthorization | null> {
    const rows: PendingAuthorization[] = await this.dataSource.query(FIND, [hashToken(id), hashToken(browserId), authMethodId]);
    return rows[0] ?? null;
  }

  async recordLogin(idHash: Buffer, userId: string): Promise<void> {
    await this.dataSource.query(RECORD_LOGIN, [idHash, userId]);
  }

  /** The person allows nothing; what they allow stands with their consents. @param address of their browser, for the audit log */
  async recordDenial(idHash: Buffer, userId: string, address: string): Promise<void> {
    await this.dataSource.query(RECORD_DENIAL, [idHash, userId, address]);
  }

  /** The person chose a namespace. */
  async recordNamespace(idHash: Buffer, namespace: string): Promise<void> {
    await this.dataSource.query(RECORD_NAMESPACE, [idHash, namespace]);
  }

  /** What the request gives out will be as the service decided. */
  async recordScopeDecision(idHash: Buffer, decision: RecordedScopeDecision): Promise<void> {
    const { userId, scopes, authenticatedUserid, namespace } = decision;
    await this.dataSource.query(RECORD_SCOPE_DECISION, [idHash, userId, scopes, authenticatedUserid, namespace]);
  }

  /** Ends a request without a code, unless it had ended already. @param events why, for the audit log */
  async finish(idHash: Buffer, events: readonly AuditEvent[]): Promise<void> {
    await this.dataSource.transaction(async (db) => {
      const rows: unknown[] = await db.query(FINISH, [idHash]);
      if (rows.length === 1) await recordAudit(db, events);
    });
  }
}
