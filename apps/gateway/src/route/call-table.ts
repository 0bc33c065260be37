/**
 * The registry snapshot as calls need it: routes, challenges, plugin chains and upstreams, compiled once. A call keeps the table
 * that it started with.
 */
import type { Api, RegistrySnapshot, ResponseRewrite } from '#config/registry.js';
import { TrustedProxies } from '#http/client-address.js';
import { isOfOurIssuer } from '#signing/access-token.js';
import { RequestFieldNames } from '../headers/request-field.js';
import type { CallMetrics } from '../metrics/call-metrics.js';
import type { RouteSeries } from '../metrics/call-series.js';
import { routeLabels } from '../metrics/route-labels.js';
import type { CallRecorder } from '../record/call-recorder.js';
import type { UpstreamPools } from '../upstream/upstream-pools.js';
import { compileTargets, type UpstreamTargets } from '../upstream/upstream-targets.js';
import { type Challenges, compileChallenges } from './challenge.js';
import type { Plans } from './plans.js';
import type { PluginChain, PluginCompiler, PluginLevel } from './plugin-chain.js';
import { normalisePath } from './request-path.js';
import { compileResourceMetadata, metadataUrl, type ResourceMetadata } from './resource-metadata.js';
import { type MatchableRoute, RouteMatcher } from './route-matcher.js';

export interface CallApi {
  readonly id: string;
  /** APIs whose credentials are accepted: the API itself, and those of its bundle. */
  readonly acceptedApis: ReadonlySet<string>;
  readonly acceptsToken: boolean;
  readonly acceptsKey: boolean;
  readonly hideCredentials: boolean;
  /** All scopes of the API. */
  readonly scopes: readonly string[];
  readonly targets: UpstreamTargets;
  readonly rewrite: ResponseRewrite | null;
  readonly retries: number;
  /** Milliseconds for the whole call; 0: no limit. */
  readonly totalTimeout: number;
  readonly webSocket: { readonly origins: ReadonlySet<string>; readonly idleSeconds: number };
}

let serials = 0;

export class CallRoute implements MatchableRoute {
  /** Names it among the routes of all configs that this process ever had; what is remembered of it needs no more. */
  readonly serial = ++serials;
  readonly #byPlan = new Map<string, PluginChain>();
  /** Of the plan that was asked for last. */
  #lastPlan = '';
  #lastChain: PluginChain | null = null;
  readonly #compilePlan: (planId: string) => PluginChain;

  constructor(
    readonly api: CallApi,
    readonly paths: readonly string[],
    readonly methods: readonly string[],
    readonly hosts: readonly string[],
    readonly stripPath: boolean,
    readonly preserveHost: boolean,
    readonly scopes: readonly string[],
    /** The chain of calls whose plan is not known (yet). */
    readonly chain: PluginChain,
    /** By prefix; that of `/` is empty. */
    readonly challenges: ReadonlyMap<string, Challenges>,
    /** Bytes that the body of a request may have. */
    readonly maxBodySize: number,
    /** Where its calls are counted. */
    readonly series: RouteSeries,
    compilePlan: (planId: string) => PluginChain,
  ) {
    this.#compilePlan = compilePlan;
  }

  /** The chain of calls on a plan; compiled when the plan is first met, since few of the pairs ever are. */
  chainOfPlan(planId: string): PluginChain {
    if (this.#lastChain !== null && planId === this.#lastPlan) return this.#lastChain;
    let chain = this.#byPlan.get(planId);
    if (chain === undefined) {
      chain = this.#compilePlan(planId);
      this.#byPlan.set(planId, chain);
    }
    this.#lastPlan = planId;
    this.#lastChain = chain;
    return chain;
  }
}

export interface CallTable {
  readonly apis: readonly CallApi[];
  readonly matcher: RouteMatcher<CallRoute>;
  readonly fieldNames: RequestFieldNames;
  readonly trustedProxies: TrustedProxies;
  readonly plans: Plans;
  /** Lower-case. */
  readonly apiKeyHeader: string;
  readonly resources: ResourceMetadata;
  /** Whether a JWT names an issuer of this installation. */
  readonly isOwnJwt: (text: string) => boolean;
  /** Is told when a call begins and ends. */
  readonly recorder: CallRecorder;
}

export interface CallTableDeps {
  readonly plans: Plans;
  readonly plugins: PluginCompiler;
  readonly pools: UpstreamPools;
  readonly metrics: CallMetrics;
  readonly recorder: CallRecorder;
}

export function compileCallTable(snapshot: RegistrySnapshot, deps: CallTableDeps): CallTable {
  const compiled = [...snapshot.apis.values()].map((api) => {
    const callApi = compileApi(api, snapshot, deps.pools);
    return { callApi, routes: compileRoutes(api, callApi, snapshot, deps) };
  });
  return {
    apis: compiled.map(({ callApi }) => callApi),
    matcher: new RouteMatcher(compiled.flatMap(({ routes }) => routes)),
    fieldNames: new RequestFieldNames(snapshot.apiKeyHeader),
    trustedProxies: new TrustedProxies(snapshot.trustedProxies),
    plans: deps.plans,
    apiKeyHeader: snapshot.apiKeyHeader,
    resources: compileResourceMetadata(snapshot),
    isOwnJwt: (text) => isOfOurIssuer(text, snapshot),
    recorder: deps.recorder,
  };
}

function compileRoutes(api: Api, callApi: CallApi, snapshot: RegistrySnapshot, deps: CallTableDeps): CallRoute[] {
  const labels = routeLabels(api.routes);
  return api.routes.map((route, index) => {
    const levels: PluginLevel[] = [
      { name: 'installation', entries: snapshot.plugins },
      { name: `api:${api.id}`, entries: api.plugins },
      { name: `route:${api.id}:${index}`, entries: route.plugins },
    ];
    const chain = deps.plugins.compileChain(levels);
    const compilePlan = (planId: string): PluginChain => {
      const entries = deps.plans.get(planId)?.plugins ?? [];
      return entries.length === 0 ? chain : deps.plugins.compileChain([...levels, { name: `plan:${planId}`, entries }]);
    };
    // The config accepts only paths that have a normal form.
    const paths = route.paths.map((path) => normalisePath(path) ?? path);
    const { gateway } = snapshot.publicUrls;
    const challenges = new Map(
      paths.map((path) => [path === '/' ? '' : path, compileChallenges(api, snapshot.apiKeyHeader, metadataUrl(gateway, path))] as const),
    );
    const series = deps.metrics.seriesOf(api.id, labels[index] as string);
    return new CallRoute(
      callApi,
      paths,
      route.methods,
      route.hosts,
      route.stripPath,
      route.preserveHost,
      route.scopes,
      chain,
      challenges,
      route.maxBodySize ?? Number.POSITIVE_INFINITY,
      series,
      compilePlan,
    );
  });
}

function compileApi(api: Api, snapshot: RegistrySnapshot, pools: UpstreamPools): CallApi {
  const bundle = api.bundle === null ? [] : [...snapshot.apis.values()].filter((other) => other.bundle === api.bundle);
  return {
    id: api.id,
    acceptedApis: new Set([api.id, ...bundle.map((other) => other.id)]),
    acceptsToken: api.auth.includes('oauth2'),
    acceptsKey: api.auth.includes('key-auth'),
    hideCredentials: api.hideCredentials,
    // What its routes demand is the API's, also while its scopes could not be looked up.
    scopes: [...new Set([...(api.oauth2?.scopes.keys() ?? []), ...api.routes.flatMap((route) => route.scopes)])],
    targets: compileTargets(api.upstream, pools),
    rewrite: api.upstream.rewrite,
    retries: api.upstream.retries,
    totalTimeout: api.upstream.totalTimeout,
    webSocket: { origins: new Set(api.webSocket.origins), idleSeconds: api.webSocket.idleTimeout / 1_000 },
  };
}
