import type { DataSource } from 'typeorm';
import { TOKEN_BY_HASH } from './token-by-hash.js';

/** A token that someone presents, with what decides over it. */
export interface PresentedToken {
  /** Whether the token says all itself, so that no row of it can be deleted. */
  readonly signed?: boolean;
  readonly kind: 'access' | 'refresh';
  readonly clientId: string | null;
  readonly subscriptionId: string;
  readonly apiId: string;
  readonly authMethodId: string;
  readonly scopes: readonly string[];
  /** null: the client's own token. */
  readonly familyId: string | null;
  readonly userId: string | null;
  /** Who the API is told the person is; null: the account, or there is no person. */
  readonly authenticatedUserid: string | null;
  /** Seconds since the epoch. */
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** Whether it would be accepted now. */
  readonly live: boolean;
}

const FIND_ACCESS = `
  ${TOKEN_BY_HASH}
  SELECT 'access' AS kind, s.client_id AS "clientId", s.id AS "subscriptionId", s.api_id AS "apiId", t.auth_method_id AS "authMethodId",
         t.scopes, t.family_id AS "familyId", f.user_id AS "userId", f.authenticated_userid AS "authenticatedUserid",
         floor(extract(epoch FROM t.issued_at))::float8 AS "issuedAt", floor(extract(epoch FROM t.expires_at))::float8 AS "expiresAt",
         t.expires_at > now() AND s.status = 'approved' AND NOT a.blocked AND f.revoked_at IS NULL AND NOT coalesce(u.blocked, false) AS live
  FROM token t
  JOIN subscription s ON s.id = t.subscription_id
  JOIN application a ON a.id = s.application_id
  LEFT JOIN token_family f ON f.id = t.family_id
  LEFT JOIN user_account u ON u.id = f.user_id`;

const FIND_REFRESH = `
  SELECT 'refresh' AS kind, s.client_id AS "clientId", s.id AS "subscriptionId", s.api_id AS "apiId", f.auth_method_id AS "authMethodId",
         f.scopes, f.id AS "familyId", f.user_id AS "userId", f.authenticated_userid AS "authenticatedUserid",
         floor(extract(epoch FROM r.created_at))::float8 AS "issuedAt", floor(extract(epoch FROM r.expires_at))::float8 AS "expiresAt",
         r.expires_at > now() AND r.consumed_at IS NULL AND s.status = 'approved' AND NOT a.blocked AND f.revoked_at IS NULL
           AND NOT u.blocked AS live
  FROM refresh_token r
  JOIN token_family f ON f.id = r.family_id
  JOIN subscription s ON s.id = f.subscription_id
  JOIN application a ON a.id = s.application_id
  JOIN user_account u ON u.id = f.user_id
  WHERE r.hash = $1`;

/** What a signed token hangs on; the rest it says itself. */
const FIND_GRANT_LIVE = `
  SELECT s.status = 'approved' AND NOT a.blocked AND f.revoked_at IS NULL AND NOT coalesce(u.blocked, false)
           AND ($2::uuid IS NOT NULL OR s.client_tokens_ended_at IS NULL OR s.client_tokens_ended_at < to_timestamp($3::float8)) AS live
  FROM subscription s
  JOIN application a ON a.id = s.application_id
  LEFT JOIN token_family f ON f.id = $2::uuid AND f.subscription_id = s.id
  LEFT JOIN user_account u ON u.id = f.user_id
  WHERE s.id = $1::uuid AND ($2::uuid IS NULL OR f.id IS NOT NULL)`;

/** Tokens as revocation and introspection look at them. */
export class PresentedTokenStore {
  constructor(private readonly dataSource: DataSource) {}

  async find(kind: PresentedToken['kind'], hash: Buffer): Promise<PresentedToken | null> {
    const rows: PresentedToken[] = await this.dataSource.query(kind === 'access' ? FIND_ACCESS : FIND_REFRESH, [hash]);
    return rows[0] ?? null;
  }

  /**
   * Whether what a signed token hangs on is in force.
   * @param familyId null: a client's own token
   * @param issuedAt seconds since the epoch
   */
  async isGrantLive(subscriptionId: string, familyId: string | null, issuedAt: number): Promise<boolean> {
    const rows: { live: boolean }[] = await this.dataSource.query(FIND_GRANT_LIVE, [subscriptionId, familyId, issuedAt]);
    return rows[0]?.live ?? false;
  }
}
