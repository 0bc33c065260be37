import type { Parameters } from '../../protocol/parameters.js';
import { AuthorizationError, type VerifiedTarget } from '../authorization-error.js';

/** The parameters that mean something here; others are ignored (RFC 6749 §3.1). */
const KNOWN = [
  'client_id',
  'redirect_uri',
  'response_type',
  'scope',
  'state',
  'code_challenge',
  'code_challenge_method',
  'prompt',
  'login_hint',
  'ui_locales',
  'namespace',
  'nonce',
  'max_age',
  'id_token_hint',
  'request',
  'request_uri',
  'registration',
  'resource',
] as const;

/** RFC 6749 §3.1: "Request and response parameters MUST NOT be included more than once." */
export function checkParameters(parameters: Parameters, target: VerifiedTarget): void {
  const fault = parameters.firstFault(KNOWN);
  if (fault !== null) throw new AuthorizationError(target, 'invalid_request', `${fault.name} is ${fault.fault}`);
}
