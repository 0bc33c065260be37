/** WWW-Authenticate (RFC 9110 §11.6.1, RFC 6750 §3): one challenge per scheme, each compiled once per API. */
import type { Api } from '#config/registry.js';

/** RFC 9110 §5.6.4. What no quoted string may hold becomes a question mark. */
export function quoted(text: string): string {
  return `"${text.replace(/[^\t\x20-\x7e]/g, '?').replace(/["\\]/g, '\\$&')}"`;
}

export interface Challenges {
  /** No credential came: no error code (RFC 6750 §3.1). */
  readonly missing: readonly string[];
  readonly invalidToken: readonly string[];
  readonly invalidRequest: readonly string[];
  /** @param scopes all scopes that the call needs */
  insufficientScope(scopes: readonly string[]): readonly string[];
}

/**
 * @param apiKeyHeader name of the field that carries a key, as clients know it
 * @param metadataUrl of the resource's metadata (RFC 9728 §5.1)
 */
export function compileChallenges(api: Api, apiKeyHeader: string, metadataUrl: string): Challenges {
  const realm = quoted(api.name);
  const bearer = api.auth.includes('oauth2') ? `Bearer realm=${realm}` : null;
  const key = api.auth.includes('key-auth') ? `ApiKey realm=${realm}, header=${quoted(apiKeyHeader)}` : null;
  const metadata = `, resource_metadata=${quoted(metadataUrl)}`;
  const withBearer = (parameters: string): readonly string[] =>
    [bearer === null ? null : `${bearer}${parameters}${metadata}`, key].filter((challenge) => challenge !== null);
  return {
    missing: withBearer(''),
    invalidToken: withBearer(', error="invalid_token", error_description="The access token is not valid"'),
    invalidRequest: withBearer(', error="invalid_request", error_description="Send one credential, once, in a header field"'),
    insufficientScope: (scopes) => withBearer(`, error="insufficient_scope", scope=${quoted(scopes.join(' '))}`),
  };
}
