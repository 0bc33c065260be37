import type { RegistrySnapshot } from '#config/registry.js';
import type { PresentedToken, PresentedTokenStore } from '#persistence/token/presented-token.store.js';
import { hashToken, isWellFormedToken } from '#secrets/token.js';
import { isShapedAsJwt, verifyAccessToken } from '#signing/access-token.js';
import type { VerificationKeys } from '#signing/verification-keys.js';
import { OAuthError } from '../protocol/oauth-error.js';
import type { Parameters } from '../protocol/parameters.js';

export interface PresentedTokenDeps {
  readonly tokens: PresentedTokenStore;
  readonly keys: VerificationKeys;
  readonly snapshot: RegistrySnapshot;
}

export interface FoundToken {
  readonly token: PresentedToken;
  readonly hash: Buffer;
}

/** Finds an access token, opaque or signed. @returns null where there is none */
export async function findAccessToken(deps: PresentedTokenDeps, text: string): Promise<PresentedToken | null> {
  if (isShapedAsJwt(text)) return findSignedToken(deps, text);
  return isWellFormedToken('accessToken', text) ? deps.tokens.find('access', hashToken(text)) : null;
}

/**
 * Finds the token that a request is about. Its form says of which kind it is: a `token_type_hint` is a hint only, and needed by
 * nobody here (RFC 7009 §2.1, RFC 7662 §2.1).
 * @returns null where there is no such token
 */
export async function findPresentedToken(deps: PresentedTokenDeps, parameters: Parameters): Promise<FoundToken | null> {
  const text = parameters.get('token');
  if (text === undefined) throw new OAuthError('invalid_request', 'token is missing');
  const hash = hashToken(text);
  const isRefresh = isWellFormedToken('refreshToken', text);
  const token = isRefresh ? await deps.tokens.find('refresh', hash) : await findAccessToken(deps, text);
  return token && { token, hash };
}

/** RFC 9068: the token says all but whether it still holds. */
async function findSignedToken({ tokens, keys, snapshot }: PresentedTokenDeps, text: string): Promise<PresentedToken | null> {
  const verified = await verifyAccessToken(text, keys, snapshot);
  if (verified === null) return null;
  const { issuer, subscriptionId, familyId, clientId, userId, authenticatedUserid, scopes, issuedAt, expiresAt } = verified;
  return {
    kind: 'access',
    signed: true,
    clientId,
    subscriptionId,
    apiId: issuer.api.id,
    authMethodId: issuer.authMethod.id,
    scopes,
    familyId,
    userId,
    authenticatedUserid,
    issuedAt,
    expiresAt,
    live: expiresAt > Date.now() / 1_000 && (await tokens.isGrantLive(subscriptionId, familyId, issuedAt)),
  };
}
