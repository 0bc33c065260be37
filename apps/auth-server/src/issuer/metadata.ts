import type { Issuer } from '#config/issuer.js';
import type { GrantName, RegistrySnapshot } from '#config/registry.js';
import { IDENTITY_SCOPES } from '../claims/claims-of.js';
import { languages } from '../language/language.js';

/**
 * Authorization server metadata (RFC 8414 §2) and, where people log in, that of an OpenID provider (OpenID Connect Discovery §3).
 * It names only endpoints that are there.
 * @param builtGrants grants of the token endpoint
 */
export function issuerMetadata(issuer: Issuer, builtGrants: readonly GrantName[], snapshot: RegistrySnapshot): Record<string, unknown> {
  // The implicit grant has no part at the token endpoint: it is the authorization endpoint's.
  const grants = issuer.oauth2.grants.filter((grant) => builtGrants.includes(grant) || grant === 'implicit');
  const hasImplicit = grants.includes('implicit');
  const hasPeople = grants.some((grant) => grant !== 'client_credentials' && grant !== 'refresh_token');
  const hasCode = grants.includes('authorization_code');
  return {
    issuer: issuer.url,
    ...(hasCode || hasImplicit ? { authorization_endpoint: `${issuer.url}/authorize` } : {}),
    token_endpoint: `${issuer.url}/token`,
    ...(grants.includes('urn:ietf:params:oauth:grant-type:device_code')
      ? { device_authorization_endpoint: `${issuer.url}/device_authorization` }
      : {}),
    jwks_uri: `${issuer.url}/jwks`,
    scopes_supported: [...new Set([...(hasPeople ? IDENTITY_SCOPES : []), ...issuer.oauth2.scopes.keys()])],
    response_types_supported: [...(hasCode ? ['code'] : []), ...(hasImplicit ? ['token'] : [])],
    response_modes_supported: hasImplicit ? ['query', 'fragment'] : ['query'],
    grant_types_supported: grants,
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'none'],
    revocation_endpoint: `${issuer.url}/revoke`,
    revocation_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'none'],
    introspection_endpoint: `${issuer.url}/introspect`,
    introspection_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
    code_challenge_methods_supported: ['S256'],
    authorization_response_iss_parameter_supported: true,
    ...(hasPeople ? openidMetadata(issuer, snapshot) : {}),
    ui_locales_supported: languages.map((language) => language.tag),
  };
}

const OWN_CLAIMS = ['sub', 'iss', 'aud', 'exp', 'iat', 'auth_time', 'nonce', 'at_hash', 'email', 'email_verified'];

function openidMetadata(issuer: Issuer, { publicUrls, pools }: RegistrySnapshot): Record<string, unknown> {
  const properties = pools.get(issuer.api.registrationPool ?? '')?.properties ?? [];
  const registered = properties.flatMap(({ oidcClaim }) => (oidcClaim === null ? [] : [oidcClaim]));
  return {
    userinfo_endpoint: `${issuer.url}/userinfo`,
    end_session_endpoint: `${publicUrls.auth}/logout`,
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    claims_supported: [...new Set([...OWN_CLAIMS, ...registered])],
    prompt_values_supported: ['none', 'login', 'consent', 'select_account'],
    claims_parameter_supported: false,
    request_parameter_supported: false,
    // Left out, this one would mean yes.
    request_uri_parameter_supported: false,
  };
}
