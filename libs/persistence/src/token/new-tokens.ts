/** Who asked for tokens, for the audit log. */
export interface TokenOrigin {
  readonly clientId: string;
  readonly address: string;
}

/** Tokens about to be stored. */
export interface NewTokens {
  /** SHA-256; null: the access token says all there is to know itself, and is not stored. */
  readonly accessTokenHash: Buffer | null;
  readonly scopes: readonly string[];
  /** Seconds. */
  readonly accessTokenTtl: number;
  /** SHA-256; null: no refresh token is given out. */
  readonly refreshTokenHash: Buffer | null;
  /** Seconds. */
  readonly refreshTokenTtl: number;
  /** Seconds from the authorization after which no refresh token of it lives. */
  readonly refreshTokenMaxAge: number;
}
