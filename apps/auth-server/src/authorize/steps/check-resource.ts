import type { Issuer } from '#config/issuer.js';
import type { RegistrySnapshot } from '#config/registry.js';
import type { Parameters } from '../../protocol/parameters.js';
import { isResourceOf } from '../../protocol/resource.js';
import { AuthorizationError, type VerifiedTarget } from '../authorization-error.js';

/** RFC 8707 §2: tokens of this issuer are for its API alone. */
export function checkResource(snapshot: RegistrySnapshot, issuer: Issuer, parameters: Parameters, target: VerifiedTarget): void {
  const resource = parameters.get('resource');
  if (resource !== undefined && !isResourceOf(snapshot, issuer.api, resource)) {
    throw new AuthorizationError(target, 'invalid_target', 'resource must be a URL of this API');
  }
}
