/**
 * What an application is told of a person (OpenID Connect Core §5.1, §5.4): pure, from the account and, where the API has a pool,
 * from the person's registration there.
 */

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
  email: 'email',
  email_verified: 'email',
  phone_number: 'phone',
  phone_number_verified: 'phone',
  address: 'address',
};

/** Claims of which the issuer alone has the say, or the account. */
const RESERVED = [
  ...['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti', 'auth_time', 'nonce', 'acr', 'amr', 'azp', 'at_hash', 'c_hash', 's_hash', 'sid'],
  ...['email', 'email_verified'],
];

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
    if (RESERVED.includes(name) || value === null || value === undefined || value === '') continue;
    if (scopes.includes(SCOPE_OF[name] ?? 'profile')) claims[name] = value;
  }
  return claims;
}
