/**
 * The part that every statement which gives tokens to a person's client shares: it follows a common table expression `family`
 * (id, subscription_id, auth_method_id, created_at) of one row, or of none where there is nothing to issue, and takes the parameters
 * $1 to $9. No refresh token outlives the greatest age of its family.
 */
import type { GrantName } from '#config/registry.js';
import type { NewTokens, TokenOrigin } from './new-tokens.js';

export const INSERT_TOKENS_OF_FAMILY = `
  access AS (
    INSERT INTO access_token (hash, subscription_id, family_id, auth_method_id, scopes, expires_at, bucket)
    SELECT $1::bytea, subscription_id, id, auth_method_id, $2::text[], now() + make_interval(secs => $3),
           CASE WHEN $4::bytea IS NULL THEN 0 ELSE access_token_bucket(now() + make_interval(secs => $3)) END
    FROM family
    WHERE $1::bytea IS NOT NULL
  ), refresh AS (
    INSERT INTO refresh_token (hash, family_id, expires_at)
    SELECT $4::bytea, id, LEAST(now() + make_interval(secs => $5), created_at + make_interval(secs => $9)) FROM family WHERE $4::bytea IS NOT NULL
  ), audit AS (
    INSERT INTO audit_event (kind, actor, subject, address, details)
    SELECT CASE $8::text WHEN 'refresh_token' THEN 'token-refreshed' ELSE 'token-issued' END, 'client:' || $6::text,
           'token_family:' || id, $7::text, jsonb_build_object('grant', $8::text, 'scopes', $2::text[])
    FROM family
  )`;

/** $1 to $9. */
export function tokenParameters(tokens: NewTokens, origin: TokenOrigin, grant: GrantName): unknown[] {
  return [
    tokens.accessTokenHash,
    tokens.scopes,
    tokens.accessTokenTtl,
    tokens.refreshTokenHash,
    tokens.refreshTokenTtl,
    origin.clientId,
    origin.address,
    grant,
    tokens.refreshTokenMaxAge,
  ];
}
