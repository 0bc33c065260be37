import type { DataSource } from 'typeorm';
import { batchedLookup } from '../batch/batched-lookup.js';
import type { NewTokens, TokenOrigin } from './new-tokens.js';
import { SingleUse } from './single-use.js';

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
  /** Of the person. */
  readonly groups: readonly string[];
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
         f.user_id AS "userId", f.authenticated_userid AS "authenticatedUserid", f.namespace, u.groups, f.authenticated_at AS "authenticatedAt", r.expires_at <= now() AS expired, extract(epoch FROM now() - r.consumed_at)::float8 AS "consumedFor",
         r.sealed_successor AS "sealedSuccessor", f.revoked_at IS NOT NULL AS "familyRevoked", u.blocked AS "userBlocked"
  FROM refresh_token r
  JOIN token_family f ON f.id = r.family_id
  JOIN user_account u ON u.id = f.user_id
  WHERE r.hash = ANY($1::bytea[])`;

const COUNT_REPEAT = `UPDATE refresh_token SET repeats = repeats + 1 WHERE hash = $1 RETURNING repeats`;

/** Refresh tokens. */
export class RefreshTokenStore {
  /** Finds a refresh token by its SHA-256. */
  readonly find: (hash: Buffer) => Promise<IssuedRefreshToken | null>;
  readonly #dataSource: DataSource;
  readonly #singleUse: SingleUse;

  constructor(dataSource: DataSource) {
    this.#dataSource = dataSource;
    this.find = batchedLookup(dataSource, FIND, (hash) => hash.toString('hex'));
    this.#singleUse = new SingleUse(dataSource, { name: 'refresh_token', grant: 'refresh_token', sealsSuccessor: true });
  }

  /** Counts a use within the grace period. @returns how many there were */
  async countRepeat(hash: Buffer): Promise<number> {
    // TypeORM hands over what an UPDATE returns as [rows, count].
    const [rows] = (await this.#dataSource.query(COUNT_REPEAT, [hash])) as [{ repeats: number }[], number];
    return rows[0]?.repeats ?? 0;
  }

  /**
   * @param sealedSuccessor the answer, for repeats of this refresh token within the grace period
   * @returns false where the token was no longer live: used, expired or its family revoked
   */
  rotate(hash: Buffer, successor: NewTokens, sealedSuccessor: Buffer, origin: TokenOrigin): Promise<boolean> {
    return this.#singleUse.trade({ hash, tokens: successor, origin, sealedSuccessor });
  }
}
