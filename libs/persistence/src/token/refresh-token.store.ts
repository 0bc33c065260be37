import type { DataSource } from 'typeorm';
import { ReadBatch } from '../batch/read-batch.js';
import { INSERT_TOKENS_OF_FAMILY, tokenParameters } from './issue-tokens.js';
import type { NewTokens, TokenOrigin } from './new-tokens.js';

/** A refresh token that was given out, live or not, with what it is bound to. */
export interface IssuedRefreshToken {
  readonly familyId: string;
  readonly subscriptionId: string;
  readonly authMethodId: string;
  /** Scopes of the authorization: what a refresh may ask for. */
  readonly scopes: readonly string[];
  readonly userId: string;
  /** Who the API is told the person is; null: the account. */
  readonly authenticatedUserid: string | null;
  /** Which of the person's namespaces it is for; null: the API's pool has none. */
  readonly namespace: string | null;
  /** When the person logged in. */
  readonly authenticatedAt: Date | null;
  readonly expired: boolean;
  /** Seconds since its use; null: not used yet. */
  readonly consumedFor: number | null;
  readonly sealedSuccessor: Buffer | null;
  readonly familyRevoked: boolean;
  readonly userBlocked: boolean;
}

/** Look-ups of one moment share a statement. */
const FIND = `
  SELECT encode(r.hash, 'hex') AS key, r.family_id AS "familyId", f.subscription_id AS "subscriptionId", f.auth_method_id AS "authMethodId", f.scopes,
         f.user_id AS "userId", f.authenticated_userid AS "authenticatedUserid", f.namespace, f.authenticated_at AS "authenticatedAt", r.expires_at <= now() AS expired, extract(epoch FROM now() - r.consumed_at)::float8 AS "consumedFor",
         r.sealed_successor AS "sealedSuccessor", f.revoked_at IS NOT NULL AS "familyRevoked", u.blocked AS "userBlocked"
  FROM refresh_token r
  JOIN token_family f ON f.id = r.family_id
  JOIN user_account u ON u.id = f.user_id
  WHERE r.hash = ANY($1::bytea[])`;

/**
 * Consumes a refresh token and stores its successors, or does nothing. Of parallel uses one wins: the others wait for its row lock
 * and then find it consumed. FOR SHARE keeps a revocation of the family waiting until the tokens are there to be revoked.
 */
const ROTATE = `
  WITH bound AS (
    SELECT f.id, f.subscription_id, f.auth_method_id, f.created_at
    FROM token_family f
    JOIN refresh_token r ON r.family_id = f.id
    WHERE r.hash = $10 AND f.revoked_at IS NULL
    FOR SHARE OF f
  ), consumed AS (
    UPDATE refresh_token r SET consumed_at = now(),
      -- A token that is not stored hangs on its family; this row keeps the family for as long as it lives.
      expires_at = CASE WHEN $1::bytea IS NULL THEN greatest(r.expires_at, now() + make_interval(secs => $3)) ELSE r.expires_at END,
      sealed_successor = $11
    FROM bound
    WHERE r.hash = $10 AND r.family_id = bound.id AND r.consumed_at IS NULL AND r.expires_at > now()
    RETURNING r.family_id
  ), family AS (
    SELECT bound.* FROM bound JOIN consumed ON consumed.family_id = bound.id
  ), ${INSERT_TOKENS_OF_FAMILY}
  SELECT id FROM family`;

/** Refresh tokens. */
export class RefreshTokenStore {
  readonly #lookups: ReadBatch<IssuedRefreshToken>;

  constructor(private readonly dataSource: DataSource) {
    this.#lookups = new ReadBatch(async (keys) => {
      const hashes = keys.map((key) => Buffer.from(key, 'hex'));
      const rows: (IssuedRefreshToken & { key: string })[] = await dataSource.query(FIND, [hashes]);
      return new Map(rows.map(({ key, ...found }) => [key, found]));
    }, 2);
  }

  find(hash: Buffer): Promise<IssuedRefreshToken | null> {
    return this.#lookups.find(hash.toString('hex'));
  }

  /**
   * @param sealedSuccessor the answer, for repeats of this refresh token within the grace period
   * @returns false where the token was no longer live: used, expired or its family revoked
   */
  async rotate(hash: Buffer, successor: NewTokens, sealedSuccessor: Buffer, origin: TokenOrigin): Promise<boolean> {
    const parameters = [...tokenParameters(successor, origin, 'refresh_token'), hash, sealedSuccessor];
    const rows: unknown[] = await this.dataSource.query(ROTATE, parameters);
    return rows.length === 1;
  }
}
