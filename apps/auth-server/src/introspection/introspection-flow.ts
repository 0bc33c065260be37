/** The introspection endpoint (RFC 7662): what a token is worth, for those whom it concerns. */
import { resourceUrls } from '#config/issuer.js';
import type { RegistrySnapshot } from '#config/registry.js';
import type { Client } from '#persistence/subscription/client.store.js';
import type { PresentedToken, PresentedTokenStore } from '#persistence/token/presented-token.store.js';
import type { Logger } from '#process/logger.js';
import type { VerificationKeys } from '#signing/verification-keys.js';
import { reportUnexpectedError } from '../http/unexpected-error.js';
import { OAuthError } from '../protocol/oauth-error.js';
import { type ClientAuthentication, readClientCredentials } from '../token/client-authentication.js';
import { findPresentedToken } from '../token/find-presented-token.js';
import { type ClientRequest, checkIssuer, checkMethod, checkQuery, readTokenRequest } from '../token/token-request.js';

/** RFC 7662 §2.2. */
export type IntrospectionResponse =
  | { readonly active: false }
  | {
      readonly active: true;
      readonly scope: string;
      readonly client_id: string;
      readonly token_type?: 'bearer';
      readonly exp: number;
      readonly iat: number;
      /** Absent: the client's own token, behind which no person stands. */
      readonly sub?: string;
      /** Who the API is told the person is, where its own service said so (W10). */
      readonly authenticated_userid?: string;
      readonly aud: string;
      readonly iss: string;
    };

/** RFC 7662 §2.2, §4: nothing more is said of a token that does not concern the client than of one that does not exist. */
const INACTIVE: IntrospectionResponse = { active: false };

/** @throws OAuthError; a store that cannot be reached is an error too, and never an inactive token */
export async function introspectToken(
  { snapshot, authMethodId, apiId, request, query, address }: ClientRequest,
  deps: {
    readonly clients: ClientAuthentication;
    readonly tokens: PresentedTokenStore;
    readonly keys: VerificationKeys;
    readonly logger: Logger;
  },
): Promise<IntrospectionResponse> {
  const issuer = checkIssuer(snapshot, authMethodId, apiId);
  checkMethod(request.method ?? '');
  checkQuery(query);
  const parameters = await readTokenRequest(request);
  const credentials = readClientCredentials(request.headers.authorization, parameters, issuer);
  const client = await deps.clients.authenticate(issuer, credentials, address);
  checkMayIntrospect(client);
  const found = await lookUp(() => findPresentedToken({ ...deps, snapshot }, parameters), deps.logger);
  if (found === null || !isVisible(found.token, client) || !found.token.live) return INACTIVE;
  return describeToken(snapshot, found.token);
}

/** Whatever keeps the store from answering, an API that asks must know that it may ask again (ory/hydra#3811). */
async function lookUp<Found>(find: () => Promise<Found>, logger: Logger): Promise<Found> {
  try {
    return await find();
  } catch (error) {
    if (error instanceof OAuthError) throw error;
    const { id } = reportUnexpectedError(logger, error);
    throw new OAuthError('temporarily_unavailable', `The error has the id ${id}`);
  }
}

/** RFC 7662 §2.1: "the endpoint MUST also require some form of authorization"; a public client's id is none. */
function checkMayIntrospect(client: Client): void {
  if (client.clientType !== 'confidential') throw new OAuthError('unauthorized_client', 'Public clients cannot introspect tokens');
  if (client.status !== 'approved' || client.applicationBlocked) {
    throw new OAuthError('unauthorized_client', 'The subscription to this API is not in force');
  }
}

/** A client sees its own tokens; a trusted one, such as the API itself, every access token of its API. */
export function isVisible(
  token: Pick<PresentedToken, 'kind' | 'subscriptionId' | 'apiId'>,
  client: Pick<Client, 'subscriptionId' | 'apiId' | 'trusted'>,
): boolean {
  return token.subscriptionId === client.subscriptionId || (client.trusted && token.kind === 'access' && token.apiId === client.apiId);
}

/** The API as tokens name it; its id, should the API be gone. */
function audienceOf(snapshot: RegistrySnapshot, apiId: string): string {
  const api = snapshot.apis.get(apiId);
  return api === undefined ? apiId : resourceUrls(snapshot, api)[0];
}

function describeToken(snapshot: RegistrySnapshot, token: PresentedToken): IntrospectionResponse {
  return {
    active: true,
    scope: token.scopes.join(' '),
    client_id: token.clientId ?? '',
    ...(token.kind === 'access' ? { token_type: 'bearer' } : {}),
    exp: token.expiresAt,
    iat: token.issuedAt,
    ...(token.userId === null ? {} : { sub: token.userId }),
    ...(token.authenticatedUserid === null ? {} : { authenticated_userid: token.authenticatedUserid }),
    aud: audienceOf(snapshot, token.apiId),
    iss: `${snapshot.publicUrls.auth}/${token.authMethodId}/api/${token.apiId}`,
  };
}
