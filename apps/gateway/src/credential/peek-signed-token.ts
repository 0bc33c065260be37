import { decodeJwt, decodeProtectedHeader } from 'jose';
import { findIssuer } from '#config/issuer.js';
import type { RegistrySnapshot } from '#config/registry.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** What a token says of itself; nothing of it is believed. */
export interface PeekedToken {
  readonly kid: string;
  readonly alg: string;
  readonly subscriptionId: string;
  readonly familyId: string | null;
}

/**
 * Looks at a signed token before its signature is checked, which costs far more than this.
 * @param now milliseconds since the epoch
 * @returns null where it is not valid, whatever its signature
 */
export function peekSignedToken(text: string, snapshot: RegistrySnapshot, now: number): PeekedToken | null {
  try {
    const { kid, alg } = decodeProtectedHeader(text);
    const { iss, exp, subscription_id, family_id = null }: Record<string, unknown> = decodeJwt(text);
    if (kid === undefined || alg === undefined || typeof exp !== 'number' || exp * 1_000 <= now) return null;
    if (typeof iss !== 'string' || findIssuer(snapshot, iss) === null) return null;
    if (typeof subscription_id !== 'string' || !UUID.test(subscription_id)) return null;
    if (family_id !== null && (typeof family_id !== 'string' || !UUID.test(family_id))) return null;
    return { kid, alg, subscriptionId: subscription_id, familyId: family_id };
  } catch {
    return null;
  }
}
