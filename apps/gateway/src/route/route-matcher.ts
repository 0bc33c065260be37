/** What a matcher needs to know of a route. */
export interface MatchableRoute {
  /** In normal form, beginning with `/`, not ending with it but for `/` itself. */
  readonly paths: readonly string[];
  readonly methods: readonly string[];
  readonly hosts: readonly string[];
}

export type RouteMatch<R> =
  | { readonly matched: true; readonly route: R; readonly prefix: string }
  | { readonly matched: false; readonly reason: 'no-route' }
  /** The path is served, not by this method; `route` is the first of those that serve it. */
  | { readonly matched: false; readonly reason: 'method'; readonly route: R; readonly prefix: string; readonly allow: readonly string[] };

const SLASH = 47;
const NO_ROUTE: RouteMatch<never> = { matched: false, reason: 'no-route' };

/**
 * Finds a call's route: the longest prefix on segment borders that is served at the host decides; only then the method. So a
 * narrow route that demands scopes cannot be passed by another method that a wider route would take. A look-up costs one step per
 * segment of the path, however many routes there are.
 */
export class RouteMatcher<R extends MatchableRoute> {
  readonly #byPrefix = new Map<string, R[]>();
  #longest = 0;

  /** @param routes earlier ones win over later ones that serve the same; those with hosts win over those without */
  constructor(routes: readonly R[]) {
    for (const route of routes) {
      for (const path of route.paths) {
        const prefix = path === '/' ? '' : path;
        const candidates = this.#byPrefix.get(prefix) ?? [];
        candidates.push(route);
        this.#byPrefix.set(prefix, candidates);
        this.#longest = Math.max(this.#longest, prefix.length);
      }
    }
    for (const candidates of this.#byPrefix.values()) {
      candidates.sort((a, b) => Number(b.hosts.length > 0) - Number(a.hosts.length > 0));
    }
  }

  /** @param host as a Host field says it */
  match(path: string, host: string, method: string): RouteMatch<R> {
    let end = path.length <= this.#longest ? path.length : lastSlash(path, this.#longest);
    while (end >= 0) {
      const prefix = path.slice(0, end);
      const candidates = this.#byPrefix.get(prefix);
      const match = candidates && matchAmong(candidates, prefix, host, method);
      if (match) return match;
      end = lastSlash(path, end - 1);
    }
    return NO_ROUTE;
  }
}

/** Where the last slash at or before an index is; -1: there is none. As `lastIndexOf`, which V8 calls out of compiled code for. */
function lastSlash(path: string, from: number): number {
  let at = from;
  while (at >= 0 && path.charCodeAt(at) !== SLASH) at--;
  return at;
}

function matchAmong<R extends MatchableRoute>(
  candidates: readonly R[],
  prefix: string,
  host: string,
  method: string,
): RouteMatch<R> | null {
  let first: R | null = null;
  for (const route of candidates) {
    if (route.hosts.length > 0 && !route.hosts.includes(hostName(host))) continue;
    if (route.methods.length === 0 || route.methods.includes(method)) return { matched: true, route, prefix };
    // Whoever may GET may HEAD (RFC 9110 §9.3.2).
    if (method === 'HEAD' && route.methods.includes('GET')) return { matched: true, route, prefix };
    first ??= route;
  }
  return first && { matched: false, reason: 'method', route: first, prefix, allow: methodsAmong(candidates, host) };
}

function methodsAmong(candidates: readonly MatchableRoute[], host: string): string[] {
  const served = candidates.filter(({ hosts }) => hosts.length === 0 || hosts.includes(hostName(host)));
  return [...new Set(served.flatMap(({ methods }) => methods))];
}

/** Lower-case host name of a Host field, without port and trailing dot. */
export function hostName(host: string): string {
  const colon = host.lastIndexOf(':');
  const name = colon !== -1 && host.indexOf(']', colon) === -1 ? host.slice(0, colon) : host;
  return (name.endsWith('.') ? name.slice(0, -1) : name).toLowerCase();
}
