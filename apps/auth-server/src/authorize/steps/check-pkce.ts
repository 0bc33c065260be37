import type { Client } from '#persistence/subscription/client.store.js';
import type { Parameters } from '../../protocol/parameters.js';
import { decideChallenge } from '../../protocol/pkce.js';
import { AuthorizationError, type VerifiedTarget } from '../authorization-error.js';

/** RFC 7636 §4.4.1. @returns the S256 challenge; null where a confidential client sent none */
export function checkPkce(client: Client, parameters: Parameters, target: VerifiedTarget): string | null {
  const isPublic = client.clientType !== 'confidential';
  const decision = decideChallenge(parameters.get('code_challenge'), parameters.get('code_challenge_method'), isPublic);
  if (!decision.accepted) throw new AuthorizationError(target, 'invalid_request', decision.reason);
  return decision.challenge;
}
