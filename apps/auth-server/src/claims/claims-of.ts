/**
 * What an application is told of a person (OpenID Connect Core §5.1, §5.4): pure, from the account and, where the API has a pool,
 * from the person's registration there.
 */
import { RESERVED_CLAIMS } from '#config/reserved-claims.js';

/** Scopes that say who a person is. Every API has them, beside its own, wherever a person can be behind a token. */
export const IDENTITY_SCOPES = ['openid', 'profile', 'email', 'phone', 'address'] as const;

export interface ClaimsPerson {
  readonly id: string;
  readonly email: string;
  readonly emailVerified: boolean;
}

/** Values by the names of claims (`oidcClaim` of the pool's properties). */
export type RegistrationClaims = Readonly<Record<string, unknown>>;

/** Claims that a scope other than `profile` asks for. */
const SCOPE_OF: Readonly<Record<string, string>> = {
  phone_number: 'phone',
  address: 'address',
};

/** @returns claims by name, `sub` first; without `openid` there is nothing to tell */
export function claimsOf(
  person: ClaimsPerson,
  registration: RegistrationClaims | null,
  scopes: readonly string[],
): Record<string, unknown> {
  if (!scopes.includes('openid')) return {};
  const claims: Record<string, unknown> = { sub: person.id };
  if (scopes.includes('email')) Object.assign(claims, { email: person.email, email_verified: person.emailVerified });
  for (const [name, value] of Object.entries(registration ?? {})) {
    if (RESERVED_CLAIMS.includes(name) || value === null || value === undefined || value === '') continue;
    if (scopes.includes(SCOPE_OF[name] ?? 'profile')) claims[name] = name === 'address' ? addressOf(value) : value;
  }
  return claims;
}

/** "The value of the address member is a JSON structure" (OpenID Connect Core §5.1.1), of which a form knows the whole text. */
function addressOf(value: unknown): unknown {
  return typeof value === 'string' ? { formatted: value } : value;
}
