import type { Api, AuthMethodEntry, RegistrySnapshot, Route } from '#config/registry.js';

/** A place where an API answers. */
export interface Endpoint {
  readonly url: string;
  /** One for each route that has the address. */
  readonly calls: readonly {
    /** Empty: every method. */
    readonly methods: readonly string[];
    /** Demanded on top of the credential. */
    readonly scopes: readonly string[];
  }[];
}

/** Every address of an API, once: each path of each route, below the public gateway or below the route's own hosts. */
export function endpointsOf(snapshot: RegistrySnapshot, api: Api): Endpoint[] {
  const endpoints = new Map<string, Endpoint['calls']>();
  for (const route of api.routes) {
    for (const url of basesOf(snapshot, route).flatMap((base) => route.paths.map((path) => `${base}${path}`))) {
      endpoints.set(url, [...(endpoints.get(url) ?? []), { methods: route.methods, scopes: route.scopes }]);
    }
  }
  return [...endpoints].map(([url, calls]) => ({ url, calls }));
}

function basesOf(snapshot: RegistrySnapshot, route: Route): string[] {
  const gateway = snapshot.publicUrls.gateway;
  if (route.hosts.length === 0) return [gateway];
  return route.hosts.map((host) => {
    const url = new URL(gateway);
    url.hostname = host;
    return url.href.replace(/\/+$/, '');
  });
}

/** The addresses by which an application uses one auth method for one API (DESIGN section 5). */
export interface AuthMethodUrls {
  readonly method: AuthMethodEntry;
  readonly authorizeUrl: string;
  readonly tokenUrl: string;
  /** RFC 8414 §3.1: the issuer's path comes after the well-known part. */
  readonly metadataUrl: string;
  /** OpenID Connect Discovery §4; null where nobody logs in: the API gives tokens to clients alone. */
  readonly openidUrl: string | null;
}

/** One entry for every auth method of an API that people may see: enabled, and not protected. */
export function authMethodUrlsOf(snapshot: RegistrySnapshot, api: Api): AuthMethodUrls[] {
  return api.authMethods
    .map((id) => snapshot.authMethods.get(id))
    .filter((method): method is AuthMethodEntry => method?.enabled === true && !method.protected)
    .map((method) => {
      const pair = `/${method.id}/api/${api.id}`;
      const hasPeople = api.oauth2?.grants.some((grant) => grant !== 'client_credentials' && grant !== 'refresh_token') ?? false;
      return { method, ...urlsOfPair(snapshot.publicUrls.auth, pair, hasPeople) };
    });
}

function urlsOfPair(auth: string, pair: string, hasPeople: boolean): Omit<AuthMethodUrls, 'method'> {
  const { origin, pathname } = new URL(auth);
  const issuerPath = `${pathname.replace(/\/+$/, '')}${pair}`;
  return {
    authorizeUrl: `${auth}${pair}/authorize`,
    tokenUrl: `${auth}${pair}/token`,
    metadataUrl: `${origin}/.well-known/oauth-authorization-server${issuerPath}`,
    openidUrl: hasPeople ? `${auth}${pair}/.well-known/openid-configuration` : null,
  };
}
