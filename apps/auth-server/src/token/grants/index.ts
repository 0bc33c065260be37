/** The list of grant types: a new one is a folder and one line here. */
import { type AuthorizationCodeGrantDeps, authorizationCodeGrant } from './authorization-code/authorization-code.grant.js';
import { type ClientCredentialsGrantDeps, clientCredentialsGrant } from './client-credentials/client-credentials.grant.js';
import { type DeviceCodeGrantDeps, deviceCodeGrant } from './device-code/device-code.grant.js';
import type { GrantType } from './grant-type.js';
import { type PasswordGrantDeps, passwordGrant } from './password/password.grant.js';
import { type RefreshTokenGrantDeps, refreshTokenGrant } from './refresh-token/refresh-token.grant.js';

export type GrantDeps = AuthorizationCodeGrantDeps &
  RefreshTokenGrantDeps &
  ClientCredentialsGrantDeps &
  PasswordGrantDeps &
  DeviceCodeGrantDeps;

export function grantTypes(deps: GrantDeps): readonly GrantType[] {
  return [authorizationCodeGrant(deps), refreshTokenGrant(deps), clientCredentialsGrant(deps), passwordGrant(deps), deviceCodeGrant(deps)];
}
