/** Issuers and resources: how pairs of auth method and API, and the APIs themselves, are named towards clients. */
import type { Api, AuthMethodEntry, OAuth2Settings, RegistrySnapshot } from './registry.js';

/** One authorization server among many: a pair of auth method and API. */
export interface Issuer {
  /** The issuer identifier (RFC 8414 §2), without a trailing slash. */
  readonly url: string;
  readonly authMethod: AuthMethodEntry;
  readonly api: Api;
  readonly oauth2: OAuth2Settings;
}

/** @returns null where there is no such pair: unknown method or API, method disabled or not listed by the API, API without OAuth */
export function resolveIssuer(snapshot: RegistrySnapshot, authMethodId: string, apiId: string): Issuer | null {
  const authMethod = snapshot.authMethods.get(authMethodId);
  const api = snapshot.apis.get(apiId);
  if (!authMethod?.enabled || !api?.oauth2 || !api.auth.includes('oauth2') || !api.authMethods.includes(authMethodId)) return null;
  return { url: `${snapshot.publicUrls.auth}/${authMethodId}/api/${apiId}`, authMethod, api, oauth2: api.oauth2 };
}

const PAIR = /^\/([a-z0-9_-]+)\/api\/([a-z0-9_-]+)$/;

/** Finds the pair that an issuer identifier (`iss` of a token) names, character by character. */
export function findIssuer(snapshot: RegistrySnapshot, url: string): Issuer | null {
  const { auth } = snapshot.publicUrls;
  const pair = url.startsWith(auth) ? PAIR.exec(url.slice(auth.length)) : null;
  return pair === null ? null : resolveIssuer(snapshot, pair[1] as string, pair[2] as string);
}

/** Resource indicators (RFC 8707 §2) of an API: the gateway's URL with each path of its routes. Its tokens are for the first. */
export function resourceUrls(snapshot: RegistrySnapshot, api: Api): readonly [string, ...string[]] {
  const urls = api.routes.flatMap((route) => route.paths.map((path) => `${snapshot.publicUrls.gateway}${path}`.replace(/\/$/, '')));
  return [urls[0] ?? snapshot.publicUrls.gateway, ...urls.slice(1)];
}
