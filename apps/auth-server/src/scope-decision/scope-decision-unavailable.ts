import { OAuthError } from '../protocol/oauth-error.js';
import { SCOPE_DECISION_UNAVAILABLE } from './scope-decisions.js';

/** Seconds after which a client may try again. */
const RETRY_AFTER = '5';

/** At the token endpoint: 503, and nothing of what the client presented is used up. */
export function scopeDecisionUnavailable(): OAuthError {
  return new OAuthError('temporarily_unavailable', SCOPE_DECISION_UNAVAILABLE, { headers: { 'Retry-After': RETRY_AFTER } });
}
