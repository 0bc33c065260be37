/** Grant `refresh_token` (RFC 6749 §6) with rotation: a used refresh token is dead, its answer carries the next one. */

import type { Issuer } from '#config/issuer.js';
import type { Client } from '#persistence/subscription/client.store.js';
import type { IssuedRefreshToken, RefreshTokenStore } from '#persistence/token/refresh-token.store.js';
import type { TokenFamilyStore } from '#persistence/token/token-family.store.js';
import type { Logger } from '#process/logger.js';
import { hashToken } from '#secrets/token.js';
import { IDENTITY_SCOPES } from '../../../claims/claims-of.js';
import { OAuthError } from '../../../protocol/oauth-error.js';
import { narrowScopes, parseScope } from '../../../protocol/scope.js';
import { scopeDecisionUnavailable } from '../../../scope-decision/scope-decision-unavailable.js';
import type { ScopeDecisions } from '../../../scope-decision/scope-decisions.js';
import { mayRefresh } from '../../new-token-pair.js';
import type { TokenMint } from '../../token-mint.js';
import type { GrantCall, GrantType, TokenResponse } from '../grant-type.js';
import { decideRefresh } from './decide-refresh.js';
import { openResponse, sealResponse } from './sealed-response.js';

export interface RefreshTokenGrantDeps {
  readonly refreshTokens: RefreshTokenStore;
  readonly families: TokenFamilyStore;
  readonly mint: TokenMint;
  readonly decisions: ScopeDecisions;
  readonly logger: Logger;
}

export function refreshTokenGrant(deps: RefreshTokenGrantDeps): GrantType {
  return {
    name: 'refresh_token',
    requiredParameters: ['refresh_token'],
    mayUse: mayRefresh,
    exchange: (call) => refresh(deps, call),
  };
}

async function refresh(deps: RefreshTokenGrantDeps, call: GrantCall): Promise<TokenResponse> {
  const { refreshTokens, families, mint, logger } = deps;
  const { issuer, client, parameters, address } = call;
  const origin = { clientId: client.clientId, address };
  const presented = parameters.get('refresh_token') ?? '';
  const hash = hashToken(presented);
  const binding = { subscriptionId: client.subscriptionId, authMethodId: issuer.authMethod.id };

  // Whoever loses a race for the token reads it again and finds it used: the second round is a repeat.
  for (let round = 0; round < 2; round++) {
    const decision = decideRefresh(await refreshTokens.find(hash), binding);
    switch (decision.outcome) {
      case 'refuse':
        throw invalidRefreshToken(decision.reason);
      case 'reuse':
        await families.revoke(decision.token.familyId, 'refresh-token-reused', origin);
        logger.warn({ clientId: client.clientId, familyId: decision.token.familyId }, 'refresh token reused; its family is revoked');
        throw invalidRefreshToken('reused');
      case 'repeat': {
        const repeats = await refreshTokens.countRepeat(hash);
        logger.info({ clientId: client.clientId, familyId: decision.token.familyId, repeats }, 'refresh repeated within the grace period');
        return openResponse(presented, decision.sealed);
      }
      case 'rotate': {
        const chosen = chooseScopes(parameters.get('scope'), decision.token.scopes, issuer, client);
        // An API without a service of its own waits for nothing.
        const scopes = issuer.oauth2.passthroughScopeUrl === null ? chosen : await decideAnew(deps, call, decision.token, chosen);
        // OpenID Connect Core §12.2: no nonce after a refresh, and the time of the login stays what it was.
        const { response, rows } = await mint.forPerson(call, scopes, { ...decision.token, nonce: null });
        if (await refreshTokens.rotate(hash, rows, sealResponse(presented, response), origin)) return response;
      }
    }
  }
  throw invalidRefreshToken('revoked meanwhile');
}

/**
 * RFC 6749 §6: scopes may be left out, not added; those of the authorization stay what they are for the next refresh. What the API
 * or the subscription no longer has is left out as well.
 */
function chooseScopes(requested: string | undefined, authorized: readonly string[], issuer: Issuer, client: Client): readonly string[] {
  const scopes = requested === undefined ? authorized : parseScope(requested);
  if (scopes === null || !scopes.every((scope) => authorized.includes(scope))) {
    throw new OAuthError('invalid_scope', 'scope may only name scopes that were granted at first');
  }
  return narrowScopes(scopes, { known: issuer.oauth2.scopes, allowed: client.allowedScopes, identity: IDENTITY_SCOPES });
}

/**
 * The API's own service is asked at each refresh: it may leave out scopes, not add any (RFC 6749 §6). A refusal ends the whole
 * authorization, and so does another person; without an answer nothing is used up.
 */
async function decideAnew(
  { decisions, families, logger }: RefreshTokenGrantDeps,
  { issuer, client, address }: GrantCall,
  { userId, authenticatedUserid, namespace, familyId }: IssuedRefreshToken,
  chosen: readonly string[],
): Promise<readonly string[]> {
  const grant = 'refresh_token';
  const decision = await decisions.decide({ issuer, client, userId, authenticatedUserid, namespace, scopes: chosen, grant, address });
  if (decision.outcome === 'unavailable') throw scopeDecisionUnavailable();
  const samePerson = decision.outcome === 'allow' && decision.authenticatedUserid === authenticatedUserid;
  if (samePerson) return decision.scopes.filter((scope) => chosen.includes(scope));
  const reason = decision.outcome === 'refuse' ? 'refused by passthroughScopeUrl' : 'passthroughScopeUrl names another person';
  const details = decision.outcome === 'refuse' ? decision.event.details : { api: issuer.api.id, message: reason };
  await families.revoke(familyId, 'scope-refused', { clientId: client.clientId, address }, details);
  logger.warn({ clientId: client.clientId, familyId, reason }, 'refresh refused; its family is revoked');
  if (decision.outcome === 'refuse') throw new OAuthError('invalid_grant', decision.message, { detail: reason });
  throw invalidRefreshToken(reason);
}

function invalidRefreshToken(reason: string): OAuthError {
  return new OAuthError('invalid_grant', 'The refresh token is unknown, expired, used, revoked, or not for this client', {
    detail: reason,
  });
}
