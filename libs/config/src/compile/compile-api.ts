import type { Draft, Part } from '../decode/draft.js';
import type { Api, CallOutUrl, GrantName, OAuth2Settings } from '../registry.js';
import type { ApiFile } from '../schema/api.schema.js';
import { OAuth2Section } from '../schema/oauth2.schema.js';
import { SecretText } from '../secret-text.js';
import { compilePlugins } from './compile-plugins.js';
import { compileRoute } from './compile-route.js';
import { compileUpstream } from './compile-upstream.js';
import { FrozenMap } from './frozen-map.js';
import { milliseconds } from './milliseconds.js';
import { schemesOf } from './schemes.js';

export function compileApi({ id, value: api }: Part<ApiFile>, draft: Draft): Api {
  const auth = schemesOf(api.auth);
  return {
    id,
    name: api.name,
    summary: api.summary,
    description: draft.descriptions.get(id) ?? '',
    openapi: draft.openapis.get(id) ?? null,
    auth,
    authMethods: api.authMethods.filter((method) => draft.authMethods.get(method)?.value.enabled),
    plans: [...api.plans],
    group: api.group ?? null,
    partner: api.partner,
    deprecated: api.deprecated,
    bundle: null,
    tags: [...api.tags],
    registrationPool: api.registrationPool ?? null,
    hideCredentials: api.hideCredentials,
    oauth2: auth.includes('oauth2') ? compileOAuth2(id, api.oauth2 ?? new OAuth2Section()) : null,
    upstream: compileUpstream(api.upstream),
    webSocket: { origins: [...api.webSocket.origins], idleTimeout: milliseconds(api.webSocket.idleTimeout) },
    routes: api.routes.map((route) => compileRoute(route, api.maxBodySize ?? draft.installation?.value.maxBodySize)),
    plugins: compilePlugins(api.plugins),
  };
}

/** Where `refreshTokenMaxAge` is not given. */
const DEFAULT_MAX_AGE = '365d';

function compileOAuth2(apiId: string, oauth2: OAuth2Section): OAuth2Settings {
  const scopeLookupUrl = compileCallOutUrl(oauth2.scopeLookupUrl);
  return {
    grants: [...new Set(oauth2.grants)] as GrantName[],
    scopes: new FrozenMap(Object.entries(oauth2.scopes) as [string, string][]),
    scopeLookupUrl: scopeLookupUrl && { ...scopeLookupUrl, url: `${scopeLookupUrl.url.replace(/\/+$/, '')}/${apiId}` },
    scopesKnown: scopeLookupUrl === null,
    mandatoryScope: oauth2.mandatoryScope,
    accessTokenTtl: milliseconds(oauth2.accessTokenTtl) / 1_000,
    refreshTokenTtl: milliseconds(oauth2.refreshTokenTtl) / 1_000,
    tokenFormat: oauth2.tokenFormat as OAuth2Settings['tokenFormat'],
    refreshTokenMaxAge: milliseconds(oauth2.refreshTokenMaxAge ?? greatest(DEFAULT_MAX_AGE, oauth2.refreshTokenTtl)) / 1_000,
    spaRefreshTokens: oauth2.spaRefreshTokens,
    passthroughUsers: oauth2.passthroughUsers,
    passthroughScopeUrl: compileCallOutUrl(oauth2.passthroughScopeUrl),
  };
}

function compileCallOutUrl(text: string | null | undefined): CallOutUrl | null {
  if (text === null || text === undefined) return null;
  const url = new URL(text);
  const { username, password } = url;
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  const authorization = username === '' && password === '' ? null : new SecretText(`Basic ${Buffer.from(pair).toString('base64')}`);
  url.username = '';
  url.password = '';
  return { url: url.href, authorization };
}

/** The longer of two durations. */
function greatest(a: number | string, b: number | string): number | string {
  return milliseconds(a) > milliseconds(b) ? a : b;
}
