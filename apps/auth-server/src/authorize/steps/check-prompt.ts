import type { Parameters } from '../../protocol/parameters.js';
import { AuthorizationError, type VerifiedTarget } from '../authorization-error.js';

const KNOWN = ['none', 'login', 'consent', 'select_account'];

/** OpenID Connect Core §3.1.2.1: `none` stands alone. */
export function checkPrompt(parameters: Parameters, target: VerifiedTarget): readonly string[] {
  const values = (parameters.get('prompt') ?? '').split(' ').filter((value) => value !== '');
  if (!values.every((value) => KNOWN.includes(value))) {
    throw new AuthorizationError(target, 'invalid_request', `prompt must be of ${KNOWN.join(', ')}`);
  }
  if (values.includes('none') && values.length > 1) {
    throw new AuthorizationError(target, 'invalid_request', 'prompt=none goes with no other value');
  }
  return values;
}
