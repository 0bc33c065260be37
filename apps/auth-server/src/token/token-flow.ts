/** The token endpoint: every check of a request, in order, then the grant. Grants cannot skip a check. */

import type { Issuer } from '#config/issuer.js';
import type { RegistrySnapshot } from '#config/registry.js';
import type { Client } from '#persistence/subscription/client.store.js';
import { OAuthError } from '../protocol/oauth-error.js';
import type { Parameters } from '../protocol/parameters.js';
import { isResourceOf } from '../protocol/resource.js';
import { type ClientAuthentication, readClientCredentials } from './client-authentication.js';
import type { GrantType, TokenResponse } from './grants/grant-type.js';
import { type ClientRequest, checkIssuer, checkMethod, checkQuery, readTokenRequest } from './token-request.js';

/** @throws OAuthError */
export async function answerTokenRequest(
  { snapshot, authMethodId, apiId, request, query, address }: ClientRequest,
  deps: { readonly clients: ClientAuthentication; readonly grants: readonly GrantType[] },
): Promise<TokenResponse> {
  const issuer = checkIssuer(snapshot, authMethodId, apiId);
  checkMethod(request.method ?? '');
  checkQuery(query);
  const parameters = await readTokenRequest(request);
  const credentials = readClientCredentials(request.headers.authorization, parameters, issuer);
  const client = await deps.clients.authenticate(issuer, credentials, address);
  checkSubscription(client);
  const grant = chooseGrant(deps.grants, parameters);
  checkGrantAllowed(grant, issuer, client);
  checkRequiredParameters(grant, parameters);
  checkResource(snapshot, issuer, parameters);
  checkScopesKnown(issuer);
  return grant.exchange({ issuer, client, parameters, address });
}

export function checkSubscription(client: Client): void {
  if (client.status !== 'approved' || client.applicationBlocked) {
    throw new OAuthError('unauthorized_client', 'The subscription to this API is not in force');
  }
}

function chooseGrant(grants: readonly GrantType[], parameters: Parameters): GrantType {
  const name = parameters.get('grant_type');
  if (name === undefined) throw new OAuthError('invalid_request', 'grant_type is missing');
  const grant = grants.find((candidate) => candidate.name === name);
  if (grant === undefined) throw new OAuthError('unsupported_grant_type', `Known are ${grants.map((one) => one.name).join(', ')}`);
  return grant;
}

/** RFC 6749 §5.2: a known grant that this API or this kind of client does not have. */
function checkGrantAllowed(grant: GrantType, issuer: Issuer, client: Client): void {
  if (!issuer.oauth2.grants.includes(grant.name)) {
    throw new OAuthError('unauthorized_client', `This API does not allow the grant ${grant.name}`);
  }
  if (!grant.mayUse(client, issuer.oauth2)) {
    throw new OAuthError(
      'unauthorized_client',
      `A client such as this one (${client.clientType}${client.trusted ? '' : ', not trusted'}) may not use the grant ${grant.name} here`,
    );
  }
}

function checkRequiredParameters(grant: GrantType, parameters: Parameters): void {
  const missing = grant.requiredParameters.find((name) => parameters.get(name) === undefined);
  if (missing !== undefined) throw new OAuthError('invalid_request', `${missing} is missing`);
}

/** The scopes of the API are looked up, and no look-up has succeeded yet: every grant would leave out some. */
export function checkScopesKnown(issuer: Issuer): void {
  if (!issuer.oauth2.scopesKnown) {
    const headers = { 'Retry-After': '5' };
    throw new OAuthError('temporarily_unavailable', 'The scopes of this API could not be looked up yet; try again later', { headers });
  }
}

/** RFC 8707 §2: tokens of this issuer are for its API alone. */
export function checkResource(snapshot: RegistrySnapshot, issuer: Issuer, parameters: Parameters): void {
  const resource = parameters.get('resource');
  if (resource !== undefined && !isResourceOf(snapshot, issuer.api, resource)) {
    throw new OAuthError('invalid_target', 'resource must be a URL of this API');
  }
}
