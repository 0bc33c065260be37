/** Access tokens as JWTs (RFC 9068): what stands in them, and how that is believed. */
import { decodeJwt, errors, jwtVerify, SignJWT } from 'jose';
import { findIssuer, type Issuer, resourceUrls } from '#config/issuer.js';
import type { RegistrySnapshot } from '#config/registry.js';
import type { Signer } from './signing-keys.js';
import type { VerificationKeys } from './verification-keys.js';

/** RFC 9068 §2.1: tells it from an id_token, which the same keys may have signed. */
const TYPE = 'at+jwt';
/** What the key must be for; none, and nothing symmetric (RFC 8725 §3.1). */
const ALGORITHMS = ['ES256', 'RS256'];
/** Seconds by which the clocks of two processes may differ: for `nbf` and `iat`; `exp` is held to the moment. */
const LEEWAY = 5;
/** Characters: far more than ours have. */
const LENGTH_LIMIT = 8_192;
/** Characters of JSON. */
const GROUPS_LENGTH_LIMIT = 2_048;
/** Three parts of base64url, the first of which begins a JSON object. */
const SHAPE = /^eyJ[\w-]+\.[\w-]+\.[\w-]+$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** What an access token says. */
export interface AccessTokenContent {
  readonly subscriptionId: string;
  /** null: the client's own token. */
  readonly familyId: string | null;
  readonly clientId: string;
  /** The person; null: the client's own token. */
  readonly userId: string | null;
  /** Who the API is told the person is; null: the account, or there is no person. */
  readonly authenticatedUserid: string | null;
  /** Which of the person's namespaces it is for; null: the API's pool has none. */
  readonly namespace: string | null;
  /** The person's when it was issued; null: it does not say, since they are too many, or there is no person. */
  readonly groups: readonly string[] | null;
  readonly scopes: readonly string[];
  /** When the person logged in. */
  readonly authenticatedAt: Date | null;
  /** RFC 9068 §2.2: unique. */
  readonly id: string;
  /** Seconds since the epoch. */
  readonly issuedAt: number;
  readonly expiresAt: number;
}

export interface VerifiedAccessToken extends Omit<AccessTokenContent, 'authenticatedAt'> {
  readonly issuer: Issuer;
  /** Id of the key that signed it. */
  readonly kid: string;
}

/** Whether a text could be a JWT of ours; says nothing about whether it is one. */
export function isShapedAsJwt(text: string): boolean {
  return text.length <= LENGTH_LIMIT && SHAPE.test(text);
}

/**
 * RFC 9068 §2.2, and `groups` of §2.2.3.1. A client's own token has the client's id as `sub`; ids of people are UUIDs, which no client id may be (§5). The API
 * is named by its first resource URL.
 */
export function signAccessToken(signer: Signer, snapshot: RegistrySnapshot, issuer: Issuer, content: AccessTokenContent): Promise<string> {
  return new SignJWT({
    iss: issuer.url,
    sub: content.userId ?? content.clientId,
    aud: resourceUrls(snapshot, issuer.api)[0],
    client_id: content.clientId,
    iat: content.issuedAt,
    exp: content.expiresAt,
    jti: content.id,
    ...(content.scopes.length === 0 ? {} : { scope: content.scopes.join(' ') }),
    ...(content.authenticatedAt === null ? {} : { auth_time: Math.floor(content.authenticatedAt.getTime() / 1_000) }),
    ...(content.authenticatedUserid === null ? {} : { authenticated_userid: content.authenticatedUserid }),
    ...(content.namespace === null ? {} : { namespace: content.namespace }),
    ...(content.groups === null || JSON.stringify(content.groups).length > GROUPS_LENGTH_LIMIT ? {} : { groups: content.groups }),
    subscription_id: content.subscriptionId,
    ...(content.familyId === null ? {} : { family_id: content.familyId }),
  })
    .setProtectedHeader({ alg: signer.alg, typ: TYPE, kid: signer.kid })
    .sign(signer.key);
}

/**
 * Verifies an access token (RFC 9068 §4). Nothing in it is believed before the signature is; what it says of keys, but for the id of
 * one of ours, never is (RFC 8725 §3.10). What it hangs on (subscription, family, person) is for the caller to look up.
 * @returns null where it is not valid
 * @throws where the keys cannot be read: that says nothing about the token
 */
export async function verifyAccessToken(
  text: string,
  keys: VerificationKeys,
  snapshot: RegistrySnapshot,
): Promise<VerifiedAccessToken | null> {
  if (!isShapedAsJwt(text)) return null;
  try {
    const issuer = peekIssuer(text, snapshot);
    if (issuer === null) return null;
    const { payload, protectedHeader } = await jwtVerify(
      text,
      async ({ kid, alg }) => {
        const key = kid === undefined ? null : await keys.find(kid, alg);
        if (key === null) throw new errors.JWKSNoMatchingKey();
        return key;
      },
      {
        algorithms: ALGORITHMS,
        typ: TYPE,
        issuer: issuer.url,
        audience: [...resourceUrls(snapshot, issuer.api)],
        requiredClaims: ['iss', 'sub', 'aud', 'exp', 'iat', 'jti', 'client_id', 'subscription_id'],
        clockTolerance: LEEWAY,
      },
    );
    return readContent(payload, issuer, protectedHeader.kid as string);
  } catch (error) {
    if (error instanceof errors.JOSEError) return null;
    throw error;
  }
}

/** The issuer that a token names, before anything of it is believed. */
function peekIssuer(text: string, snapshot: RegistrySnapshot): Issuer | null {
  const { iss }: { iss?: unknown } = decodeJwt(text);
  return typeof iss === 'string' ? findIssuer(snapshot, iss) : null;
}

/** We signed it, so these are as we wrote them; anything else is not a token of this kind. */
function readContent(payload: Record<string, unknown>, issuer: Issuer, kid: string): VerifiedAccessToken | null {
  const { sub, client_id, jti, iat, exp, scope = '', subscription_id, family_id = null, authenticated_userid, namespace, groups } = payload;
  const texts = [sub, client_id, jti, scope, subscription_id].every((value) => typeof value === 'string');
  if (!texts || typeof iat !== 'number' || typeof exp !== 'number') return null;
  if (!UUID.test(subscription_id as string) || (family_id !== null && !UUID.test(String(family_id)))) return null;
  // An issue time to come is one that our clocks do not explain.
  if (iat > Date.now() / 1_000 + LEEWAY) return null;
  if (family_id === null && sub !== client_id) return null;
  return {
    issuer,
    kid,
    subscriptionId: subscription_id as string,
    familyId: family_id as string | null,
    clientId: client_id as string,
    userId: family_id === null ? null : (sub as string),
    authenticatedUserid: typeof authenticated_userid === 'string' ? authenticated_userid : null,
    namespace: typeof namespace === 'string' ? namespace : null,
    groups: Array.isArray(groups) ? groups.map(String) : null,
    scopes: (scope as string).split(' ').filter((one) => one !== ''),
    id: jti as string,
    issuedAt: iat,
    expiresAt: exp,
  };
}

/** Whether a text is a JWT that names an issuer of ours, whatever it is worth. */
export function isOfOurIssuer(text: string, snapshot: RegistrySnapshot): boolean {
  if (!isShapedAsJwt(text)) return false;
  try {
    return peekIssuer(text, snapshot) !== null;
  } catch {
    return false;
  }
}
