/**
 * The parts that every statement which gives tokens to people's clients shares. It begins with ASKED: what is asked for, one row per
 * answer, numbered by `n`. After a common table expression `family` (n, id, subscription_id, auth_method_id, created_at), of those
 * rows for which there is something to issue, comes INSERT_TOKENS_OF_FAMILY. The two take the parameters $1 to $9. Scopes have no
 * spaces in them (RFC 6749 §3.3), so that the list of a row travels as one text.
 */
import type { GrantName } from '#config/registry.js';
import type { NewTokens, TokenOrigin } from './new-tokens.js';

export const ASKED = `
  asked AS (
    SELECT n, access_hash, string_to_array(scopes, ' ') AS scopes, make_interval(secs => access_ttl) AS access_ttl,
           refresh_hash, make_interval(secs => refresh_ttl) AS refresh_ttl, make_interval(secs => refresh_max_age) AS refresh_max_age,
           client_id, address
    FROM unnest($1::bytea[], $2::text[], $3::float8[], $4::bytea[], $5::float8[], $6::float8[], $7::text[], $8::text[]) WITH ORDINALITY
      AS row (access_hash, scopes, access_ttl, refresh_hash, refresh_ttl, refresh_max_age, client_id, address, n)
  )`;

/** No refresh token outlives the greatest age of its family. */
export const INSERT_TOKENS_OF_FAMILY = `
  issued AS (
    SELECT * FROM family JOIN asked USING (n)
  ), access AS (
    INSERT INTO access_token (hash, subscription_id, family_id, auth_method_id, scopes, expires_at, bucket)
    SELECT access_hash, subscription_id, id, auth_method_id, scopes, now() + access_ttl,
           CASE WHEN refresh_hash IS NULL THEN 0 ELSE access_token_bucket(now() + access_ttl) END
    FROM issued WHERE access_hash IS NOT NULL
  ), refresh AS (
    INSERT INTO refresh_token (hash, family_id, expires_at)
    SELECT refresh_hash, id, LEAST(now() + refresh_ttl, created_at + refresh_max_age) FROM issued WHERE refresh_hash IS NOT NULL
  ), audit AS (
    INSERT INTO audit_event (kind, actor, subject, address, details)
    SELECT CASE $9::text WHEN 'refresh_token' THEN 'token-refreshed' ELSE 'token-issued' END, 'client:' || client_id,
           'token_family:' || id, address, jsonb_build_object('grant', $9::text, 'scopes', scopes)
    FROM issued
  )`;

/** One answer of a token endpoint. */
export interface AskedTokens {
  readonly tokens: NewTokens;
  readonly origin: TokenOrigin;
}

/** $1 to $9. */
export function tokenParameters(asked: readonly AskedTokens[], grant: GrantName): unknown[] {
  return [
    asked.map(({ tokens }) => tokens.accessTokenHash),
    asked.map(({ tokens }) => tokens.scopes.join(' ')),
    asked.map(({ tokens }) => tokens.accessTokenTtl),
    asked.map(({ tokens }) => tokens.refreshTokenHash),
    asked.map(({ tokens }) => tokens.refreshTokenTtl),
    asked.map(({ tokens }) => tokens.refreshTokenMaxAge),
    asked.map(({ origin }) => origin.clientId),
    asked.map(({ origin }) => origin.address),
    grant,
  ];
}
