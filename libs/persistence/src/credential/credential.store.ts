import type { DataSource } from 'typeorm';
import { TOKEN_BY_HASH } from '../token/token-by-hash.js';
import type { Credential } from './credential.js';

const FIND_TOKEN = `
  ${TOKEN_BY_HASH}
  SELECT s.id AS subscription_id, s.api_id, s.plan_id, s.status, s.client_id AS identifier, t.scopes,
         a.id AS application_id, a.blocked AS application_blocked,
         f.id AS family_id, f.revoked_at IS NOT NULL AS family_revoked,
         u.id AS user_id, u.blocked AS user_blocked, u.groups AS user_groups, f.namespace AS user_namespace, f.authenticated_userid,
         (extract(epoch FROM t.expires_at - now()) * 1000)::float8 AS remaining_ms
  FROM token t
  JOIN subscription s ON s.id = t.subscription_id
  JOIN application a ON a.id = s.application_id
  LEFT JOIN token_family f ON f.id = t.family_id
  LEFT JOIN user_account u ON u.id = f.user_id`;

const FIND_KEY = `
  SELECT s.id AS subscription_id, s.api_id, s.plan_id, s.status, k.id AS identifier, s.allowed_scopes AS scopes,
         a.id AS application_id, a.blocked AS application_blocked,
         NULL AS family_id, false AS family_revoked,
         NULL AS user_id, NULL AS user_blocked, NULL AS user_groups, NULL AS user_namespace, NULL AS authenticated_userid,
         (extract(epoch FROM k.expires_at - now()) * 1000)::float8 AS remaining_ms
  FROM api_key k
  JOIN subscription s ON s.id = k.subscription_id
  JOIN application a ON a.id = s.application_id
  WHERE k.hash = $1`;

/** What a signed token hangs on, without the token. A family that is gone took its tokens with it. */
const FIND_GRANT = `
  SELECT s.id AS subscription_id, s.api_id, s.plan_id, s.status, s.client_id AS identifier, '{}'::text[] AS scopes,
         a.id AS application_id, a.blocked AS application_blocked,
         f.id AS family_id, coalesce(f.revoked_at IS NOT NULL, false) AS family_revoked,
         u.id AS user_id, u.blocked AS user_blocked, u.groups AS user_groups, f.namespace AS user_namespace, f.authenticated_userid,
         NULL::float8 AS remaining_ms,
         CASE WHEN $2::uuid IS NULL THEN extract(epoch FROM s.client_tokens_ended_at)::float8 END AS signed_ended
  FROM subscription s
  JOIN application a ON a.id = s.application_id
  LEFT JOIN token_family f ON f.id = $2::uuid AND f.subscription_id = s.id
  LEFT JOIN user_account u ON u.id = f.user_id
  WHERE s.id = $1::uuid AND ($2::uuid IS NULL OR f.id IS NOT NULL)`;

interface CredentialRow {
  subscription_id: string;
  api_id: string;
  plan_id: string;
  status: Credential['subscriptionStatus'];
  identifier: string | null;
  scopes: string[] | null;
  application_id: string;
  application_blocked: boolean;
  family_id: string | null;
  family_revoked: boolean;
  user_id: string | null;
  user_blocked: boolean | null;
  user_groups: string[] | null;
  user_namespace: string | null;
  authenticated_userid: string | null;
  remaining_ms: number | null;
  signed_ended?: number | null;
}

/** Reads credentials by their SHA-256, each with one statement. */
export class CredentialStore {
  constructor(private readonly dataSource: DataSource) {}

  /** @returns null where no such credential exists */
  async findByHash(kind: Credential['kind'], hash: Buffer): Promise<Credential | null> {
    const rows: CredentialRow[] = await this.dataSource.query(kind === 'token' ? FIND_TOKEN : FIND_KEY, [hash]);
    const row = rows[0];
    return row ? toCredential(kind, row) : null;
  }

  /**
   * Reads what a signed token hangs on.
   * @param familyId null: a client's own token
   * @returns a token without scopes and without an end; null where the subscription or the family is gone
   */
  async findGrant(subscriptionId: string, familyId: string | null): Promise<Credential | null> {
    const rows: CredentialRow[] = await this.dataSource.query(FIND_GRANT, [subscriptionId, familyId]);
    const row = rows[0];
    return row ? { ...toCredential('token', row), signedEnded: row.signed_ended ?? null } : null;
  }
}

function toCredential(kind: Credential['kind'], row: CredentialRow): Credential {
  return {
    kind,
    applicationId: row.application_id,
    applicationBlocked: row.application_blocked,
    subscriptionId: row.subscription_id,
    subscriptionStatus: row.status,
    apiId: row.api_id,
    planId: row.plan_id,
    identifier: row.identifier ?? '',
    scopes: row.scopes,
    user:
      row.user_id === null
        ? null
        : {
            id: row.user_id,
            blocked: row.user_blocked ?? false,
            groups: row.user_groups ?? [],
            namespace: row.user_namespace,
            authenticatedUserid: row.authenticated_userid,
          },
    familyId: row.family_id,
    familyRevoked: row.family_revoked,
    remainingMs: row.remaining_ms,
  };
}
