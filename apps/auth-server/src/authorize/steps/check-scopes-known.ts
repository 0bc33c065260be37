import type { Issuer } from '#config/issuer.js';
import { AuthorizationError, type VerifiedTarget } from '../authorization-error.js';

/** The scopes of the API are looked up, and no look-up has succeeded yet: nobody can say what may be asked for. */
export function checkScopesKnown(issuer: Issuer, target: VerifiedTarget): void {
  if (!issuer.oauth2.scopesKnown) {
    throw new AuthorizationError(target, 'temporarily_unavailable', 'The scopes of this API could not be looked up yet; try again later');
  }
}
