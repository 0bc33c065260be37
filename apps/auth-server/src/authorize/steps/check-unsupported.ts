import type { Parameters } from '../../protocol/parameters.js';
import { AuthorizationError, type VerifiedTarget } from '../authorization-error.js';

/** OpenID Connect Core §3.1.2.6: whoever sends these means something that would be lost if they were ignored. */
const UNSUPPORTED = {
  request: 'request_not_supported',
  request_uri: 'request_uri_not_supported',
  registration: 'registration_not_supported',
} as const;

export function checkUnsupported(parameters: Parameters, target: VerifiedTarget): void {
  for (const [name, error] of Object.entries(UNSUPPORTED)) {
    if (parameters.get(name) !== undefined) throw new AuthorizationError(target, error, `${name} is not supported`);
  }
}
