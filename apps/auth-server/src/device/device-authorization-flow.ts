/** The device authorization endpoint (RFC 8628 §3.1): every check of a request, in order, then the pair of codes. */
import type { Issuer } from '#config/issuer.js';
import type { RegistrySnapshot } from '#config/registry.js';
import type { DeviceAuthorizationStore } from '#persistence/device/device-authorization.store.js';
import type { Client } from '#persistence/subscription/client.store.js';
import { hashToken, newToken } from '#secrets/token.js';
import { IDENTITY_SCOPES } from '../claims/claims-of.js';
import { OAuthError } from '../protocol/oauth-error.js';
import type { Parameters } from '../protocol/parameters.js';
import { decideScopes, describeScopeRefusal } from '../protocol/scope.js';
import { type ClientAuthentication, readClientCredentials } from '../token/client-authentication.js';
import { checkResource, checkScopesKnown, checkSubscription } from '../token/token-flow.js';
import { type ClientRequest, checkIssuer, checkMethod, checkQuery, readTokenRequest } from '../token/token-request.js';
import { formatUserCode, newUserCode } from './user-code.js';

/** Seconds that a person has. */
const LIFETIME = 10 * 60;
/** Seconds between two polls. */
const INTERVAL = 5;
/** One in 25,000,000,000 codes is taken by each device that waits: a second try is as good as certain. */
const TRIES = 5;

/** RFC 8628 §3.2. */
export interface DeviceAuthorizationResponse {
  readonly device_code: string;
  readonly user_code: string;
  readonly verification_uri: string;
  readonly verification_uri_complete: string;
  readonly expires_in: number;
  readonly interval: number;
}

/** @throws OAuthError */
export async function authorizeDevice(
  { snapshot, authMethodId, apiId, request, query, address }: ClientRequest,
  deps: { readonly clients: ClientAuthentication; readonly devices: DeviceAuthorizationStore },
): Promise<DeviceAuthorizationResponse> {
  const issuer = checkIssuer(snapshot, authMethodId, apiId);
  checkMethod(request.method ?? '');
  checkQuery(query);
  const parameters = await readTokenRequest(request);
  const credentials = readClientCredentials(request.headers.authorization, parameters, issuer);
  const client = await deps.clients.authenticate(issuer, credentials, address);
  checkSubscription(client);
  checkGrant(issuer);
  checkScopesKnown(issuer);
  const scopes = chooseScopes(client, issuer, parameters);
  checkResource(snapshot, issuer, parameters);
  return waitForPerson(deps.devices, { snapshot, issuer, client, scopes });
}

function checkGrant(issuer: Issuer): void {
  if (!issuer.oauth2.grants.includes('urn:ietf:params:oauth:grant-type:device_code')) {
    throw new OAuthError('unauthorized_client', 'This API does not allow the device code grant');
  }
}

function chooseScopes(client: Client, issuer: Issuer, parameters: Parameters): readonly string[] {
  const { scopes: known, mandatoryScope: mandatory } = issuer.oauth2;
  const decision = decideScopes(parameters.get('scope'), {
    known,
    allowed: client.allowedScopes,
    trusted: client.trusted,
    identity: IDENTITY_SCOPES,
    mandatory,
  });
  if ('refused' in decision) throw new OAuthError('invalid_scope', describeScopeRefusal(decision));
  return decision.granted;
}

interface Waiting {
  readonly snapshot: RegistrySnapshot;
  readonly issuer: Issuer;
  readonly client: Client;
  readonly scopes: readonly string[];
}

async function waitForPerson(
  devices: DeviceAuthorizationStore,
  { snapshot, issuer, client, scopes }: Waiting,
): Promise<DeviceAuthorizationResponse> {
  const deviceCode = newToken('deviceCode');
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const userCode = newUserCode();
    const inserted = await devices.insert({
      hash: hashToken(deviceCode),
      userCode,
      subscriptionId: client.subscriptionId,
      authMethodId: issuer.authMethod.id,
      scopes,
      pollInterval: INTERVAL,
      lifetime: LIFETIME,
    });
    if (!inserted) continue;
    const page = `${snapshot.publicUrls.auth}/device`;
    const shown = formatUserCode(userCode);
    return {
      device_code: deviceCode,
      user_code: shown,
      verification_uri: page,
      verification_uri_complete: `${page}?user_code=${shown}`,
      expires_in: LIFETIME,
      interval: INTERVAL,
    };
  }
  throw new OAuthError('temporarily_unavailable', 'Too many devices wait');
}
