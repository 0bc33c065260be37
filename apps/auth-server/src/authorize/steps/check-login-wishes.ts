import type { Issuer } from '#config/issuer.js';
import type { Client } from '#persistence/subscription/client.store.js';
import type { VerificationKeys } from '#signing/verification-keys.js';
import { readIdTokenHint } from '../../openid/id-token-hint.js';
import type { Parameters } from '../../protocol/parameters.js';
import { AuthorizationError, type VerifiedTarget } from '../authorization-error.js';

/** Characters that a nonce may have: room for a hash or two, not for what is kept elsewhere. */
const NONCE_LIMIT = 512;

/** OpenID Connect Core §3.1.2.1: comes back in the id_token unchanged. */
export function checkNonce(parameters: Parameters, target: VerifiedTarget): string | null {
  const nonce = parameters.get('nonce') ?? null;
  if (nonce !== null && nonce.length > NONCE_LIMIT) {
    throw new AuthorizationError(target, 'invalid_request', `nonce must have at most ${NONCE_LIMIT} characters`);
  }
  return nonce;
}

/** @returns seconds that the login may be old; null: as old as it is */
export function checkMaxAge(parameters: Parameters, target: VerifiedTarget): number | null {
  const text = parameters.get('max_age');
  if (text === undefined) return null;
  if (!/^\d{1,9}$/.test(text)) throw new AuthorizationError(target, 'invalid_request', 'max_age must be a number of seconds');
  return Number(text);
}

/** @returns the person who must be logged in; null: anybody */
export async function checkIdTokenHint(
  keys: VerificationKeys,
  { issuer, client }: { readonly issuer: Issuer; readonly client: Client },
  parameters: Parameters,
  target: VerifiedTarget,
): Promise<string | null> {
  const text = parameters.get('id_token_hint');
  if (text === undefined) return null;
  const hint = await readIdTokenHint(keys, text);
  if (hint === null || hint.issuerUrl !== issuer.url || hint.clientId !== client.clientId) {
    throw new AuthorizationError(target, 'invalid_request', 'id_token_hint is no id_token that was issued to this client here');
  }
  return hint.userId;
}
