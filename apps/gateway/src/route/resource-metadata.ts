/** Protected resource metadata (RFC 9728): where a client that was refused learns who gives tokens for what it called. */
import { resolveIssuer } from '#config/issuer.js';
import type { Api, RegistrySnapshot } from '#config/registry.js';

export const WELL_KNOWN = '/.well-known/oauth-protected-resource';

/** Documents by the path behind `WELL_KNOWN`. */
export type ResourceMetadata = ReadonlyMap<string, string>;

/** RFC 9728 §3: the well-known string goes between the host and the path of the resource. @param path of a route */
export function metadataUrl(gatewayUrl: string, path: string): string {
  const { origin, pathname } = new URL(resourceUrl(gatewayUrl, path));
  return `${origin}${WELL_KNOWN}${pathname === '/' ? '' : pathname}`;
}

/** A document for each path of each route of the APIs that take tokens. */
export function compileResourceMetadata(snapshot: RegistrySnapshot): ResourceMetadata {
  const documents = new Map<string, string>();
  const { gateway } = snapshot.publicUrls;
  for (const api of snapshot.apis.values()) {
    if (!api.auth.includes('oauth2')) continue;
    for (const path of api.routes.flatMap((route) => route.paths)) {
      const resource = resourceUrl(gateway, path);
      const document = describe(snapshot, api, resource);
      documents.set(path === '/' ? '' : path, document);
      // A proxy in front may pass its own part of the path on, or not.
      documents.set(new URL(resource).pathname.replace(/\/$/, ''), document);
    }
  }
  return documents;
}

/** As the auth-server knows the resource. */
function resourceUrl(gatewayUrl: string, path: string): string {
  return `${gatewayUrl}${path}`.replace(/\/$/, '');
}

function describe(snapshot: RegistrySnapshot, api: Api, resource: string): string {
  return JSON.stringify({
    resource,
    resource_name: api.name,
    authorization_servers: api.authMethods.flatMap((method) => resolveIssuer(snapshot, method, api.id)?.url ?? []),
    scopes_supported: [...(api.oauth2?.scopes.keys() ?? [])],
    bearer_methods_supported: ['header'],
  });
}
