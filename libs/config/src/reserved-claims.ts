/**
 * Claims that no registration form may say: the issuer has the say of a token (OpenID Connect Core §2), the account of the e-mail
 * address, and nobody checked a telephone number or keeps the time of an update (§5.1).
 */
export const RESERVED_CLAIMS: readonly string[] = [
  ...['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti', 'auth_time', 'nonce', 'acr', 'amr', 'azp', 'at_hash', 'c_hash', 's_hash', 'sid'],
  ...['email', 'email_verified', 'phone_number_verified', 'updated_at'],
];
