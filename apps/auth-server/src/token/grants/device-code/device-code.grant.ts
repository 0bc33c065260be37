/** Grant `device_code` (RFC 8628 §3.4): a device that cannot show a browser polls until a person let it in on another device. */
import { randomUUID } from 'node:crypto';
import type { DeviceAuthorizationStore } from '#persistence/device/device-authorization.store.js';
import { hashToken } from '#secrets/token.js';
import { IDENTITY_SCOPES } from '../../../claims/claims-of.js';
import { OAuthError } from '../../../protocol/oauth-error.js';
import { narrowScopes } from '../../../protocol/scope.js';
import type { TokenMint } from '../../token-mint.js';
import type { GrantCall, GrantType, TokenResponse } from '../grant-type.js';
import { decideDevicePoll } from './decide-device-poll.js';

export interface DeviceCodeGrantDeps {
  readonly devices: DeviceAuthorizationStore;
  readonly mint: TokenMint;
}

/** Seconds. RFC 8628 §3.5: "the interval MUST be increased by 5 seconds for this and all subsequent requests." */
const SLOW_DOWN = 5;

const DESCRIPTIONS = {
  authorization_pending: 'The person has not decided yet; ask again after the interval',
  slow_down: 'Asked too soon; the interval is 5 seconds longer from now on',
  expired_token: 'The device code has expired; begin again',
  access_denied: 'The person refused',
  invalid_grant: 'The device code is unknown, used, or not for this client',
} as const;

export function deviceCodeGrant(deps: DeviceCodeGrantDeps): GrantType {
  return {
    name: 'urn:ietf:params:oauth:grant-type:device_code',
    requiredParameters: ['device_code'],
    mayUse: () => true,
    exchange: (call) => pollForTokens(deps, call),
  };
}

async function pollForTokens({ devices, mint }: DeviceCodeGrantDeps, call: GrantCall): Promise<TokenResponse> {
  const { issuer, client, parameters, address } = call;
  const hash = hashToken(parameters.get('device_code') ?? '');
  const presented = { subscriptionId: client.subscriptionId, authMethodId: issuer.authMethod.id };
  const decision = decideDevicePoll(await devices.poll(hash, presented, SLOW_DOWN), presented);
  if (decision.outcome === 'wait') throw new OAuthError(decision.error, DESCRIPTIONS[decision.error]);
  if (decision.outcome === 'refuse') throw new OAuthError(decision.error, DESCRIPTIONS[decision.error], { detail: decision.reason });

  const scopes = narrowScopes(decision.device.scopes, {
    known: issuer.oauth2.scopes,
    allowed: client.allowedScopes,
    identity: IDENTITY_SCOPES,
  });
  const person = {
    userId: decision.userId,
    authenticatedUserid: decision.device.authenticatedUserid,
    familyId: randomUUID(),
    authenticatedAt: decision.device.authenticatedAt,
    nonce: null,
    namespace: decision.device.namespace,
    groups: decision.device.groups,
    begins: true,
  } as const;
  const { response, rows } = await mint.forPerson(call, scopes, person);
  if (await devices.redeem(hash, person.familyId, rows, { clientId: client.clientId, address })) return response;
  throw new OAuthError('invalid_grant', DESCRIPTIONS.invalid_grant, { detail: 'used' });
}
