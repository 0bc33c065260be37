/** Who calls the token endpoint (RFC 6749 §2.3, §3.2.1). */

import type { Issuer } from '#config/issuer.js';
import type { AuditEvent } from '#persistence/audit/audit-event.js';
import type { AttemptLimit, AttemptStore } from '#persistence/limit/attempt.store.js';
import type { Client, ClientStore } from '#persistence/subscription/client.store.js';
import { equalHashes } from '#secrets/constant-time.js';
import { hashToken } from '#secrets/token.js';
import { waitOut } from '../http/constant-answer.js';
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

/** Failures of one client that are written down one by one. Nobody is refused by it: else a stranger could lock a client out. */
const TOLD_FAILURES: AttemptLimit = { kind: 'client', most: 10, window: 15 * 60 };

/** Who calls the endpoints of clients; a known client's failures are in the audit log, so many of them that a flood does not fill it. */
export class ClientAuthentication {
  constructor(
    private readonly clients: ClientStore,
    private readonly attempts: AttemptStore,
  ) {}

  /**
   * @param address of whoever calls
   * @throws OAuthError invalid_client: the same answer, after the same time, for an unknown client, one of another API and a wrong secret
   */
  async authenticate(issuer: Issuer, presented: PresentedCredentials, address: string): Promise<Client> {
    const begun = performance.now();
    const client = await this.clients.findByClientId(presented.clientId);
    const decision = decideClient(client, issuer.api.id, presented.clientSecret);
    if (decision.authenticated) return decision.client;
    if (decision.reason !== 'unknown-client') await this.#tell(decision.client, decision.reason, address);
    await waitOut(begun);
    throw invalidClient(issuer, decision.reason);
  }

  async #tell({ subscriptionId, clientId }: Client, reason: string, address: string): Promise<void> {
    const counted = { limit: TOLD_FAILURES, subject: subscriptionId };
    const failure = (why: string): AuditEvent => ({
      kind: 'client-authentication-failed',
      actor: 'anonymous',
      subject: `subscription:${subscriptionId}`,
      address,
      details: { clientId, reason: why },
    });
    const told = await this.attempts.count(counted, failure('too-many'));
    if (told.allowed) await this.attempts.fail([counted], failure(reason));
  }
}

export type ClientDecision =
  | { readonly authenticated: true; readonly client: Client }
  | { readonly authenticated: false; readonly reason: 'unknown-client' }
  | { readonly authenticated: false; readonly reason: 'wrong-secret' | 'secret-missing' | 'secret-unexpected'; readonly client: Client };

export function decideClient(client: Client | null, apiId: string, secret: string | null): ClientDecision {
  const known = client !== null && client.apiId === apiId ? client : null;
  const secretMatches = matchSecret(known?.secretHashes ?? [], secret ?? '');
  if (known === null) return { authenticated: false, reason: 'unknown-client' };
  if (known.clientType !== 'confidential') {
    return secret === null ? { authenticated: true, client: known } : { authenticated: false, reason: 'secret-unexpected', client: known };
  }
  if (secret === null) return { authenticated: false, reason: 'secret-missing', client: known };
  return secretMatches ? { authenticated: true, client: known } : { authenticated: false, reason: 'wrong-secret', client: known };
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
