import type { OAuth2Settings } from '#config/registry.js';
import type { Client } from '#persistence/subscription/client.store.js';
import { hashToken, newToken } from '#secrets/token.js';
import type { TokenResponse } from './grants/grant-type.js';

/** Tokens for a person: what the client is told, and what is stored. */
export function newTokenPair(oauth2: OAuth2Settings, scopes: readonly string[]) {
  const accessToken = newToken('accessToken');
  const refreshToken = newToken('refreshToken');
  return {
    response: {
      access_token: accessToken,
      token_type: 'bearer',
      expires_in: oauth2.accessTokenTtl,
      refresh_token: refreshToken,
      scope: scopes.join(' '),
    } satisfies TokenResponse,
    rows: {
      scopes,
      accessTokenTtl: oauth2.accessTokenTtl,
      refreshTokenHash: hashToken(refreshToken),
      refreshTokenTtl: oauth2.refreshTokenTtl,
      refreshTokenMaxAge: oauth2.refreshTokenMaxAge,
    },
  };
}

/** Whether a client gets refresh tokens: where the API has them, and browsers only where it says so. */
export function mayRefresh(client: Client, oauth2: OAuth2Settings): boolean {
  return oauth2.grants.includes('refresh_token') && (client.clientType !== 'public_spa' || oauth2.spaRefreshTokens);
}
