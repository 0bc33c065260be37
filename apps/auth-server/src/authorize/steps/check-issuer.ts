import { type Issuer, resolveIssuer } from '#config/issuer.js';
import type { RegistrySnapshot } from '#config/registry.js';
import { PageError } from '../authorization-error.js';

/** An auth method that the API does not list, an unknown API or an unknown method never leads to a login form. */
export function checkIssuer(snapshot: RegistrySnapshot, authMethodId: string, apiId: string): Issuer {
  const issuer = resolveIssuer(snapshot, authMethodId, apiId);
  if (issuer === null) {
    throw new PageError(404, ({ errors }) => errors.noIssuer);
  }
  return issuer;
}
