import type { DataSource } from 'typeorm';
import { type AuthorizationGrounds, areHeld, groundsParameters, holdGrounds } from '../authorization/authorization-grounds.js';
import { lockLiveSession } from '../authorization/session.store.js';
import { batchedLookup } from '../batch/batched-lookup.js';
import type { NewTokens, TokenOrigin } from './new-tokens.js';
import { SingleUse } from './single-use.js';

/** A code that was given out, live or not, with what it is bound to. */
export interface IssuedCode {
  readonly familyId: string;
  readonly subscriptionId: string;
  readonly authMethodId: string;
  readonly scopes: readonly string[];
  readonly redirectUri: string;
  readonly codeChallenge: string | null;
  readonly nonce: string | null;
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
  readonly consumed: boolean;
  readonly familyRevoked: boolean;
  readonly userBlocked: boolean;
}

export interface NewCode {
  /** SHA-256 of the code. */
  readonly hash: Buffer;
  /** SHA-256 of the id of the session in which the person allowed it. */
  readonly sessionHash: Buffer;
  readonly userId: string;
  /** When the person logged in. */
  readonly authenticatedAt: Date;
  readonly scopes: readonly string[];
  /** Which of the person's namespaces it is for; null: the API's pool has none. */
  readonly namespace: string | null;
  /** Who the API is told the person is; null: the account. */
  readonly authenticatedUserid: string | null;
  readonly grounds: AuthorizationGrounds;
  readonly redirectUri: string;
  readonly codeChallenge: string | null;
  readonly nonce: string | null;
  /** Seconds. */
  readonly lifetime: number;
}

/**
 * The request ends and its code begins in one statement, so that one request gives out one code, while the person is logged in and what
 * it rests on is there.
 */
const ISSUE = `
  WITH live AS (
    ${lockLiveSession('$10')}
  ), ${holdGrounds({ userId: '$2', scopes: '$3', from: 13 })}, finished AS (
    UPDATE authorization_request SET finished_at = now()
    FROM live
    WHERE id_hash = $1 AND finished_at IS NULL AND expires_at > now() AND ${areHeld({ from: 13 })}
    RETURNING subscription_id, auth_method_id
  ), family AS (
    INSERT INTO token_family (subscription_id, user_id, auth_method_id, scopes, authenticated_at, namespace, authenticated_userid)
    SELECT subscription_id, $2::uuid, auth_method_id, $3::text[], $8::timestamptz, $11::text, $12::text FROM finished
    RETURNING id
  ), code AS (
    INSERT INTO authorization_code (hash, family_id, redirect_uri, code_challenge, expires_at, nonce)
    SELECT $4::bytea, id, $5::text, $6::text, now() + make_interval(secs => $7), $9::text FROM family
  )
  SELECT id FROM family`;

/** Look-ups of one moment share a statement. */
const FIND = `
  SELECT encode(c.hash, 'hex') AS key, c.family_id AS "familyId", f.subscription_id AS "subscriptionId", f.auth_method_id AS "authMethodId", f.scopes,
         c.redirect_uri AS "redirectUri", c.code_challenge AS "codeChallenge", c.nonce, f.user_id AS "userId",
         f.authenticated_at AS "authenticatedAt", f.authenticated_userid AS "authenticatedUserid",
         f.namespace, u.groups, c.expires_at <= now() AS expired,
         c.consumed_at IS NOT NULL AS consumed, f.revoked_at IS NOT NULL AS "familyRevoked", u.blocked AS "userBlocked"
  FROM authorization_code c
  JOIN token_family f ON f.id = c.family_id
  JOIN user_account u ON u.id = f.user_id
  WHERE c.hash = ANY($1::bytea[])`;

/** Authorization codes. */
export class AuthorizationCodeStore {
  /** Finds a code by its SHA-256. */
  readonly find: (hash: Buffer) => Promise<IssuedCode | null>;
  readonly #singleUse: SingleUse;

  constructor(private readonly dataSource: DataSource) {
    this.find = batchedLookup(dataSource, FIND, (hash) => hash.toString('hex'));
    this.#singleUse = new SingleUse(dataSource, { name: 'authorization_code', grant: 'authorization_code', sealsSuccessor: false });
  }

  /** @returns false where the request had ended already, or meanwhile the session or what it rests on */
  async issue(requestIdHash: Buffer, code: NewCode): Promise<boolean> {
    const rows: unknown[] = await this.dataSource.query(ISSUE, [
      requestIdHash,
      code.userId,
      code.scopes,
      code.hash,
      code.redirectUri,
      code.codeChallenge,
      code.lifetime,
      code.authenticatedAt,
      code.nonce,
      code.sessionHash,
      code.namespace,
      code.authenticatedUserid,
      ...groundsParameters(code.grounds),
    ]);
    return rows.length === 1;
  }

  /** @returns false where the code was no longer live: used, expired or its family revoked */
  redeem(hash: Buffer, tokens: NewTokens, origin: TokenOrigin): Promise<boolean> {
    return this.#singleUse.trade({ hash, tokens, origin, sealedSuccessor: null });
  }
}
