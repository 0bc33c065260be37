import { normalizePath } from '../compile/compile-route.js';
import { schemesOf } from '../compile/schemes.js';
import type { Part } from '../decode/draft.js';
import type { ApiFile, RouteSection } from '../schema/api.schema.js';
import { didYouMean } from '../source/nearest-word.js';
import type { DraftCheck, Report } from './draft-check.js';
import { hasLookedUpScopes } from './looked-up-scopes.js';

/** Where the gateway itself answers (RFC 9728). */
const RESERVED = '/.well-known/oauth-protected-resource';

/** No two routes take the same call, and the scopes of a route are the API's. */
export const checkRoutes: DraftCheck = (draft, report) => {
  const claims = new Map<string, Claim[]>();
  for (const api of draft.apis.values()) {
    for (const [index, route] of api.value.routes.entries()) {
      checkScopes(api, route, index, report);
      for (const [at, path] of route.paths.entries()) {
        const place = ['routes', index, 'paths', at];
        if (`${normalizePath(path)}/`.startsWith(`${RESERVED}/`))
          report(api, place, `"${path}" is answered by the gateway itself: choose another`);
        const other = claim(claims, api, route, index, path);
        if (other) report(api, place, `"${path}" is taken by ${other} already: change the path, hosts or methods of one of them`);
      }
    }
  }
};

/** Who takes some methods of a host and path; `*` is every method. */
interface Claim {
  readonly methods: readonly string[];
  readonly owner: string;
}

/**
 * A route for every method overlaps with one for some: which of them took a call would depend on their order.
 * @returns who takes one of the host, path and method combinations already
 */
function claim(claims: Map<string, Claim[]>, api: Part<ApiFile>, route: RouteSection, index: number, path: string): string | undefined {
  const methods = route.methods.length > 0 ? route.methods : ['*'];
  let other: Claim | undefined;
  for (const host of route.hosts.length > 0 ? route.hosts : ['*']) {
    const place = `${host.toLowerCase()} ${normalizePath(path)}`;
    const earlier = claims.get(place) ?? [];
    other ??= earlier.find(
      (taken) => taken.methods.includes('*') || methods.includes('*') || methods.some((m) => taken.methods.includes(m)),
    );
    claims.set(place, [...earlier, { methods, owner: `route ${index + 1} of API "${api.id}"` }]);
  }
  return other?.owner;
}

function checkScopes(api: Part<ApiFile>, route: RouteSection, index: number, report: Report): void {
  if (route.scopes.length === 0 || api.value.auth === undefined) return;
  if (!schemesOf(api.value.auth).includes('oauth2')) {
    report(api, ['routes', index, 'scopes'], 'only tokens have scopes: remove this key, or add oauth2 to auth');
    return;
  }
  if (hasLookedUpScopes(api)) return;
  const scopes = Object.keys(api.value.oauth2?.scopes ?? {});
  for (const [at, scope] of route.scopes.entries()) {
    if (scopes.includes(scope)) continue;
    report(
      api,
      ['routes', index, 'scopes', at],
      `the API has no scope "${scope}"${didYouMean(scope, scopes) || ': declare it in oauth2.scopes'}`,
    );
  }
}
