/** Who calls the token endpoint (RFC 6749 §2.3, §3.2.1). */

import type { Issuer } from '#config/issuer.js';
import type { Client, ClientStore } from '#persistence/subscription/client.store.js';
import { equalHashes } from '#secrets/constant-time.js';
import { hashToken } from '#secrets/token.js';
import { parseBasicCredentials } from '../protocol/basic-credentials.js';
import { OAuthError } from '../protocol/oauth-error.js';
import type { Parameters } from '../protocol/parameters.js';

export interface PresentedCredentials {
  readonly clientId: string;
  /** null: a public client gives its id alone. */
  readonly clientSecret: string | null;
}

/** Compared where there is nothing to compare with, so that an unknown client costs what a wrong secret costs. */
const NOBODYS_SECRET = hashToken('nobody has this secret');

/** @throws OAuthError when there are none, two kinds of them, or they cannot be read */
export function readClientCredentials(authorization: string | undefined, parameters: Parameters, issuer: Issuer): PresentedCredentials {
  const clientId = parameters.get('client_id');
  const clientSecret = parameters.get('client_secret');
  if (authorization !== undefined) {
    // RFC 6749 §2.3: "The client MUST NOT use more than one authentication method in each request."
    if (clientSecret !== undefined) throw new OAuthError('invalid_request', 'Send the client secret in one place only');
    const basic = parseBasicCredentials(authorization);
    if (basic === null) throw invalidClient(issuer, 'the Authorization header is no Basic credential');
    if (clientId !== undefined && clientId !== basic.clientId) {
      throw new OAuthError('invalid_request', 'client_id differs from the one in the Authorization header');
    }
    return basic;
  }
  if (clientId === undefined) throw invalidClient(issuer, 'no client credentials');
  return { clientId, clientSecret: clientSecret ?? null };
}

/** @throws OAuthError invalid_client: the same answer for an unknown client, one of another API and a wrong secret */
export async function authenticateClient(clients: ClientStore, issuer: Issuer, presented: PresentedCredentials): Promise<Client> {
  const client = await clients.findByClientId(presented.clientId);
  const decision = decideClient(client, issuer.api.id, presented.clientSecret);
  if (!decision.authenticated) throw invalidClient(issuer, decision.reason);
  return decision.client;
}

export type ClientDecision =
  | { readonly authenticated: true; readonly client: Client }
  | { readonly authenticated: false; readonly reason: 'unknown-client' | 'wrong-secret' | 'secret-missing' | 'secret-unexpected' };

export function decideClient(client: Client | null, apiId: string, secret: string | null): ClientDecision {
  const known = client !== null && client.apiId === apiId ? client : null;
  const secretMatches = matchSecret(known?.secretHashes ?? [], secret ?? '');
  if (known === null) return { authenticated: false, reason: 'unknown-client' };
  if (known.clientType !== 'confidential') {
    return secret === null ? { authenticated: true, client: known } : { authenticated: false, reason: 'secret-unexpected' };
  }
  if (secret === null) return { authenticated: false, reason: 'secret-missing' };
  return secretMatches ? { authenticated: true, client: known } : { authenticated: false, reason: 'wrong-secret' };
}

/** Compares hashes, each in constant time, at least one. */
function matchSecret(hashes: readonly Buffer[], secret: string): boolean {
  const presented = hashToken(secret);
  const compared = hashes.length === 0 ? [NOBODYS_SECRET] : hashes;
  return compared.map((hash) => equalHashes(hash, presented)).includes(true) && hashes.length > 0;
}

/** RFC 6749 §5.2; a 401 always names a scheme (RFC 9110 §11.6.1). */
function invalidClient(issuer: Issuer, detail: string): OAuthError {
  return new OAuthError('invalid_client', 'Client authentication failed', {
    detail,
    headers: { 'WWW-Authenticate': `Basic realm="${issuer.url}", charset="UTF-8"` },
  });
}
