/** Grant `authorization_code` (RFC 6749 §4.1.3): a code becomes tokens, once. */
import type { AuthorizationCodeStore } from '#persistence/token/authorization-code.store.js';
import type { TokenFamilyStore } from '#persistence/token/token-family.store.js';
import type { Logger } from '#process/logger.js';
import { hashToken } from '#secrets/token.js';
import { OAuthError } from '../../../protocol/oauth-error.js';
import type { TokenMint } from '../../token-mint.js';
import type { GrantCall, GrantType, TokenResponse } from '../grant-type.js';
import { decideCodeExchange } from './decide-code-exchange.js';

export interface AuthorizationCodeGrantDeps {
  readonly codes: AuthorizationCodeStore;
  readonly families: TokenFamilyStore;
  readonly mint: TokenMint;
  readonly logger: Logger;
}

export function authorizationCodeGrant(deps: AuthorizationCodeGrantDeps): GrantType {
  return {
    name: 'authorization_code',
    requiredParameters: ['code'],
    mayUse: () => true,
    exchange: (call) => redeemCode(deps, call),
  };
}

async function redeemCode({ codes, families, mint, logger }: AuthorizationCodeGrantDeps, call: GrantCall): Promise<TokenResponse> {
  const { issuer, client, parameters, address } = call;
  const origin = { clientId: client.clientId, address };
  const hash = hashToken(parameters.get('code') ?? '');
  const decision = decideCodeExchange(await codes.find(hash), {
    subscriptionId: client.subscriptionId,
    authMethodId: issuer.authMethod.id,
    redirectUri: parameters.get('redirect_uri'),
    verifier: parameters.get('code_verifier'),
  });
  if (decision.outcome === 'refuse') throw invalidCode(decision.reason);
  const { code } = decision;

  if (decision.outcome === 'redeem') {
    const { response, rows } = await mint.forPerson(call, code.scopes, code);
    if (await codes.redeem(hash, rows, origin)) return response;
  }
  // A use after the first, or at the same moment: "SHOULD revoke all tokens previously issued" (RFC 6749 §4.1.2).
  await families.revoke(code.familyId, 'code-replayed', origin);
  logger.warn({ clientId: client.clientId, familyId: code.familyId }, 'authorization code used twice; its tokens are revoked');
  throw invalidCode('used');
}

function invalidCode(reason: string): OAuthError {
  return new OAuthError('invalid_grant', 'The code is unknown, expired, used, or not for this request', { detail: reason });
}
