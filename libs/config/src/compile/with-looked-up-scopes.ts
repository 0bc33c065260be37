import { createHash } from 'node:crypto';
import type { Api, RegistrySnapshot } from '../registry.js';
import { deepFreeze, FrozenMap } from './frozen-map.js';

/** Scope → description, in the order of the service's answer. */
export type LookedUpScopes = ReadonlyMap<string, string>;

/**
 * A snapshot with the scopes that services list (`scopeLookupUrl`) beside those of the folder; what the folder says of a scope stands.
 * @param found by the URL at which they were looked up; an API whose URL is missing goes on without, and says so (`scopesKnown`)
 */
export function withLookedUpScopes(snapshot: RegistrySnapshot, found: ReadonlyMap<string, LookedUpScopes>): RegistrySnapshot {
  const hash = createHash('sha256').update(snapshot.fingerprint);
  const apis = [...snapshot.apis].map(([id, api]): [string, Api] => {
    const scopes = found.get(api.oauth2?.scopeLookupUrl?.url ?? '');
    if (api.oauth2 === null || scopes === undefined) return [id, api];
    hash.update(JSON.stringify([id, ...scopes]));
    const oauth2 = {
      ...api.oauth2,
      scopes: new FrozenMap([...api.oauth2.scopes, ...without(scopes, api.oauth2.scopes)]),
      scopesKnown: true,
    };
    return [id, { ...api, oauth2 }];
  });
  if (apis.every(([id, api]) => api === snapshot.apis.get(id))) return snapshot;
  return deepFreeze({ ...snapshot, fingerprint: hash.digest('hex'), apis: new FrozenMap(apis) });
}

function without(scopes: LookedUpScopes, declared: ReadonlyMap<string, string>): [string, string][] {
  return [...scopes].filter(([scope]) => !declared.has(scope));
}
