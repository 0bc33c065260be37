/**
 * The contract between the gateway and its plugins. A plugin is a folder with `<name>.ts` (behaviour), `<name>.config.ts` (a
 * class-validator class), `<name>.spec.ts` and `README.md`, and one line in `index.ts`. It sees the call through this typed
 * context, never a socket, a store or the database.
 */

/**
 * Where in a call a hook runs, in this order: `request` before the credential is looked at, `access` after the call was allowed,
 * `response` once the answer's status is known (whoever answers), `log` when the exchange is over.
 */
export type PluginPhase = 'request' | 'access' | 'response' | 'log';

/** The subscription on whose behalf a call is made; absent before the `access` phase and on open APIs. */
export interface CallConsumer {
  readonly applicationId: string;
  readonly subscriptionId: string;
  readonly planId: string;
  /** Client id, or the id of the API key. */
  readonly credentialIdentifier: string;
  readonly userId: string | null;
  readonly scopes: readonly string[];
}

/** One call as plugins see it. Header names are lower-case. */
export interface PluginCall {
  readonly method: string;
  /** Path as matched: normalised, without query. */
  readonly path: string;
  readonly apiId: string;
  /** Address of the client: the rightmost untrusted one. */
  readonly clientAddress: string;
  /** Correlation id of the call; the `correlation-id` plugin may replace it by one that the client sent. */
  correlationId: string;
  readonly consumer: CallConsumer | null;
  /** First value of a field of the request, undefined where it is absent. */
  requestHeader(name: string): string | undefined;
  /** Sets a field of the request towards the upstream, replacing every copy. @throws TypeError for one that frames or routes the message */
  setUpstreamHeader(name: string, value: string): void;
  /** Sets a field of the response towards the client, whoever answers: upstream or gateway. @throws TypeError for one that frames the message */
  setResponseHeader(name: string, value: string): void;
  /** Adds values to a list field of the response (such as `Vary`), keeping what the upstream sent. @throws as `setResponseHeader` */
  appendResponseHeader(name: string, value: string): void;
  /** Drops every copy of a field of the response. */
  removeResponseHeader(name: string): void;
  /** Status sent to the client; 0 before it is known. */
  readonly status: number;
}

/** A plugin that answers in place of the upstream. */
export interface PluginAnswer {
  readonly status: number;
  /** Why, as one fixed word for metrics and logs: `rate-limit`. Never made of anything that the call brought. */
  readonly reason?: string;
  /** Fields of the answer; a field set on the call by `setResponseHeader` wins over one of the same name here. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as application/problem+json; absent: an answer without a body. */
  readonly problem?: { readonly title: string; readonly detail: string };
}

/** Hooks of one configured plugin. A hook may be synchronous; the chain awaits only promises. */
export interface PluginHooks {
  request?(call: PluginCall): PluginAnswer | undefined | Promise<PluginAnswer | undefined>;
  access?(call: PluginCall): PluginAnswer | undefined | Promise<PluginAnswer | undefined>;
  response?(call: PluginCall): void | Promise<void>;
  log?(call: PluginCall): void;
}

/** What the host gives a plugin when it compiles it. */
export interface PluginDeps {
  /** Counters of limits; in memory, or shared where REDIS_URL is set. */
  readonly counters: CounterStore;
  /** Names what is configured, for counter keys: `plan:basic`, `api:orders`, `route:orders:0`, `installation`. */
  readonly scope: string;
}

/** Fixed windows that start at multiples of their length. */
export interface CounterStore {
  /**
   * Adds one to a counter and reads it.
   * @param key names what is counted
   * @param windowSeconds length of the window in seconds
   * @returns the count including this call, and the milliseconds until the window ends
   */
  increment(key: string, windowSeconds: number): CounterReading | Promise<CounterReading>;
}

export interface CounterReading {
  readonly count: number;
  readonly resetMs: number;
}

export interface GatewayPlugin<Config extends object = object> {
  readonly name: string;
  /** class-validator class of the plugin's config; also the source of its JSON Schema. */
  readonly configClass: new () => Config;
  /**
   * Whether an engine that asks the gateway for decisions may use one again for a like request, without the plugin's being run: what
   * it does follows from the request's head, and from no field but those that it names in the answer's Vary. Absent: no.
   */
  readonly repeatable?: boolean;
  /** Compiles one configuration; called at load, never per call. */
  compile(config: Config, deps: PluginDeps): PluginHooks;
}
