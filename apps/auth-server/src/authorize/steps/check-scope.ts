import type { Issuer } from '#config/issuer.js';
import type { Client } from '#persistence/subscription/client.store.js';
import { IDENTITY_SCOPES } from '../../claims/claims-of.js';
import type { Parameters } from '../../protocol/parameters.js';
import { decideScopes, describeScopeRefusal } from '../../protocol/scope.js';
import { AuthorizationError, type VerifiedTarget } from '../authorization-error.js';

/** RFC 6749 §3.3. @returns the scopes that a person may now be asked for */
export function checkScope(client: Client, issuer: Issuer, parameters: Parameters, target: VerifiedTarget): readonly string[] {
  const decision = decideScopes(parameters.get('scope'), {
    known: issuer.oauth2.scopes,
    allowed: client.allowedScopes,
    trusted: client.trusted,
    identity: IDENTITY_SCOPES,
    mandatory: issuer.oauth2.mandatoryScope,
  });
  if ('refused' in decision) throw new AuthorizationError(target, 'invalid_scope', describeScopeRefusal(decision));
  return decision.granted;
}
