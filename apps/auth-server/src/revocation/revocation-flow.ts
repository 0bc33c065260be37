/** The revocation endpoint (RFC 7009): a client takes back a token of its own. */
import type { AccessTokenStore } from '#persistence/token/access-token.store.js';
import type { PresentedTokenStore } from '#persistence/token/presented-token.store.js';
import type { TokenFamilyStore } from '#persistence/token/token-family.store.js';
import type { VerificationKeys } from '#signing/verification-keys.js';
import { OAuthError } from '../protocol/oauth-error.js';
import { type ClientAuthentication, readClientCredentials } from '../token/client-authentication.js';
import { findPresentedToken } from '../token/find-presented-token.js';
import { type ClientRequest, checkIssuer, checkMethod, checkQuery, readTokenRequest } from '../token/token-request.js';

export interface RevocationDeps {
  readonly clients: ClientAuthentication;
  readonly tokens: PresentedTokenStore;
  readonly keys: VerificationKeys;
  readonly families: TokenFamilyStore;
  readonly accessTokens: AccessTokenStore;
}

/** @throws OAuthError */
export async function revokeToken(
  { snapshot, authMethodId, apiId, request, query, address }: ClientRequest,
  deps: RevocationDeps,
): Promise<void> {
  const issuer = checkIssuer(snapshot, authMethodId, apiId);
  checkMethod(request.method ?? '');
  checkQuery(query);
  const parameters = await readTokenRequest(request);
  const credentials = readClientCredentials(request.headers.authorization, parameters, issuer);
  const client = await deps.clients.authenticate(issuer, credentials, address);
  const found = await findPresentedToken({ ...deps, snapshot }, parameters);
  // RFC 7009 §2.2: "Invalid tokens do not cause an error response": what the client wants is so already.
  if (found === null) return;
  const { token, hash } = found;
  // RFC 7009 §2.1: "verifies whether the token was issued to the client making the revocation request. If this validation fails, the
  // request is refused".
  if (token.subscriptionId !== client.subscriptionId) throw new OAuthError('invalid_grant', 'The token belongs to another client');
  const origin = { clientId: client.clientId, address };
  // "If the particular token is a refresh token … SHOULD also invalidate all access tokens based on the same authorization grant."
  // A signed access token cannot end alone: its authorization ends, or it does not.
  if ((token.kind === 'refresh' || token.signed) && token.familyId !== null)
    await deps.families.revoke(token.familyId, 'revoked-by-client', origin);
  else if (token.signed) throw new OAuthError('unsupported_token_type', 'A signed token of the client itself cannot be revoked');
  else await deps.accessTokens.revoke(hash, origin);
}
