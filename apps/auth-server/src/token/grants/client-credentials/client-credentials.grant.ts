/** Grant `client_credentials` (RFC 6749 §4.4): a token for the client itself, behind which no person stands. */
import type { AccessTokenStore } from '#persistence/token/access-token.store.js';
import { hashToken } from '#secrets/token.js';
import { OAuthError } from '../../../protocol/oauth-error.js';
import { decideScopes, describeScopeRefusal } from '../../../protocol/scope.js';
import type { TokenMint } from '../../token-mint.js';
import type { GrantCall, GrantType, TokenResponse } from '../grant-type.js';

export interface ClientCredentialsGrantDeps {
  readonly accessTokens: AccessTokenStore;
  readonly mint: TokenMint;
}

export function clientCredentialsGrant(deps: ClientCredentialsGrantDeps): GrantType {
  return {
    name: 'client_credentials',
    requiredParameters: [],
    // RFC 6749 §4.4: "MUST only be used by confidential clients."
    mayUse: (client) => client.clientType === 'confidential',
    exchange: (call) => issueToClient(deps, call),
  };
}

async function issueToClient({ accessTokens, mint }: ClientCredentialsGrantDeps, call: GrantCall): Promise<TokenResponse> {
  const { issuer, client, parameters, address } = call;
  const { scopes: known, mandatoryScope: mandatory, accessTokenTtl } = issuer.oauth2;
  const decision = decideScopes(parameters.get('scope'), { known, allowed: client.allowedScopes, trusted: client.trusted, mandatory });
  if ('refused' in decision) throw new OAuthError('invalid_scope', describeScopeRefusal(decision));
  const { accessToken, stored } = await mint.forClient(call, decision.granted);
  await accessTokens.issueToClient({
    hash: hashToken(accessToken),
    subscriptionId: client.subscriptionId,
    authMethodId: issuer.authMethod.id,
    scopes: decision.granted,
    lifetime: accessTokenTtl,
    stored,
    origin: { clientId: client.clientId, address },
  });
  // RFC 6749 §4.4.3: "A refresh token SHOULD NOT be included."
  return { access_token: accessToken, token_type: 'bearer', expires_in: accessTokenTtl, scope: decision.granted.join(' ') };
}
