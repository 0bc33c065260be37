import type { Server as HttpsServer } from 'node:https';
import { setTimeout as delay } from 'node:timers/promises';
import type { Registry as MetricsRegistry } from 'prom-client';
import type { Installation } from '#installation/installation.js';
import { ChangeFeed } from '#persistence/change/change-feed.js';
import { ChangeListener } from '#persistence/change/change-listener.js';
import { CredentialStore } from '#persistence/credential/credential.store.js';
import { GrantStore } from '#persistence/credential/grant.store.js';
import { SigningKeyStore } from '#persistence/signing-key/signing-key.store.js';
import type { CounterStore } from '#plugins/gateway-plugin.js';
import { gatewayPlugins } from '#plugins/index.js';
import { closeServer } from '#process/close-server.js';
import { listen } from '#process/listen.js';
import { VerificationKeys } from '#signing/verification-keys.js';
import { type CallDeps, serveCall } from '../call/call-pipeline.js';
import { GatewayCall } from '../call/gateway-call.js';
import { proxyCall } from '../call/proxy-call.js';
import { ChangeFollower } from '../credential/change-follower.js';
import { ChangeJournal } from '../credential/change-journal.js';
import { CredentialFile } from '../credential/credential-file.js';
import { CredentialKeeper } from '../credential/credential-keeper.js';
import { CredentialResolver } from '../credential/credential-resolver.js';
import { SignedGrants } from '../credential/grants/signed-grants.js';
import { SignedTokens } from '../credential/signed-tokens.js';
import { answerAllowed } from '../decision/answer-allowed.js';
import type { DecisionCaller } from '../decision/decision-caller.js';
import type { DecisionMaker } from '../decision/decision-endpoint.js';
import { RedisCounterStore } from '../limits/redis-counter-store.js';
import { LongCalls } from '../long-call/long-calls.js';
import { changeFeedMetrics } from '../metrics/change-feed-metrics.js';
import { clientConnectionMetrics } from '../metrics/client-connection-metrics.js';
import { configMetrics } from '../metrics/config-metrics.js';
import { credentialMetrics } from '../metrics/credential-metrics.js';
import { eventLoopMetrics } from '../metrics/event-loop-metrics.js';
import { grantMetrics } from '../metrics/grant-metrics.js';
import { limitMetrics } from '../metrics/limit-metrics.js';
import { createMetricsRegistry } from '../metrics/metrics-registry.js';
import { poolMetrics } from '../metrics/pool-metrics.js';
import { CallRecords } from '../record/call-records.js';
import { type CallTable, compileCallTable } from '../route/call-table.js';
import { Plans } from '../route/plans.js';
import { PluginCompiler } from '../route/plugin-chain.js';
import type { Caller } from '../transport/caller.js';
import { ClientConnections } from '../transport/client-connections.js';
import type { UpstreamPeers } from '../upstream/upstream-peers.js';
import { UpstreamPools } from '../upstream/upstream-pools.js';
import { createDataPlaneServer, type DataPlaneServer } from './data-plane-server.js';
import { type Degradation, listDegradations } from './degradation.js';
import { type SharedCertificates, TlsCertificates } from './tls-certificates.js';

/** Credentials that do not exist and are remembered as such, and for how many milliseconds. */
const UNKNOWN = { unknown: 20_000, unknownTtl: 1_000 };
/** Look-ups at once, in wait, and how many milliseconds one may take. */
const GATE = { concurrent: 8, waiting: 500, timeout: 3_000 };

export interface DataPlaneOptions {
  /** Limits are counted there, or while Redis is away where there is one. */
  readonly counters: CounterStore;
  /** Names this process among those of its gateway in what it keeps on disk; null: it keeps nothing there. */
  readonly keepAs: string | null;
  readonly peers: UpstreamPeers;
  readonly certificates: SharedCertificates;
}

/** Everything that calls need: compiled snapshot, credentials, upstream pools, and the server of the public port. */
export class DataPlane implements DecisionMaker {
  readonly #installation: Installation;
  readonly metrics: MetricsRegistry;
  readonly #pools: UpstreamPools;
  readonly #records: CallRecords;
  readonly #plans = new Plans();
  readonly #counters: CounterStore;
  readonly #redis: RedisCounterStore | null;
  readonly #grants: SignedGrants;
  readonly #credentials: CredentialResolver;
  readonly #longCalls: LongCalls;
  readonly #follower: ChangeFollower;
  #keeper: CredentialKeeper | null = null;
  readonly #listener: ChangeListener | null;
  /** null: the public port does not speak TLS. */
  readonly #certificates: TlsCertificates | null;
  readonly #plane: DataPlaneServer;
  readonly #deps: CallDeps;
  #table: CallTable;
  #endSwaps: () => void = () => undefined;
  #state: 'starting' | 'serving' | 'stopping' = 'starting';

  constructor(installation: Installation, { counters: localCounters, keepAs, peers, certificates: shared }: DataPlaneOptions) {
    const { dataSource, logger, environment, embedded, registry } = installation;
    this.#installation = installation;
    this.#pools = new UpstreamPools(logger, peers);
    this.#records = new CallRecords(logger);
    const store = new CredentialStore(dataSource);
    const keyStore = new SigningKeyStore(dataSource);
    const keys = new VerificationKeys(keyStore);
    this.#grants = new SignedGrants({
      store: new GrantStore(dataSource),
      longestTokenLife: () => keyStore.longestTokenLife(),
      keys,
      snapshot: () => registry.snapshot,
      feedAge: () => this.#follower.age,
      logger,
    });
    const signed = new SignedTokens(
      keys,
      () => registry.snapshot,
      (subscriptionId, familyId) => store.findGrant(subscriptionId, familyId),
      this.#grants,
    );
    const limits = { cache: { known: environment.gatewayCredentialCache, ...UNKNOWN }, gate: GATE };
    this.#credentials = new CredentialResolver((kind, hash) => store.findByHash(kind, hash), limits, signed);
    this.#longCalls = new LongCalls(this.#credentials);
    const forgetters = [this.#grants, this.#credentials, this.#longCalls];
    const feed = new ChangeFeed(dataSource);
    if (keepAs === null) this.#follower = new ChangeFollower(feed, forgetters, logger);
    else {
      const file = new CredentialFile(environment.dataFolder, keepAs, installation.rootSecret);
      const journal = new ChangeJournal(file, logger);
      this.#follower = new ChangeFollower(feed, [journal, ...forgetters], logger);
      const { cache } = this.#credentials;
      this.#keeper = new CredentialKeeper({
        file,
        cache,
        grants: this.#grants,
        follower: this.#follower,
        journal,
        forgetters,
        keys,
        logger,
      });
    }
    this.#listener = embedded || !environment.databaseUrl ? null : new ChangeListener(environment.databaseUrl, () => this.#follower.wake());
    this.#redis = environment.redisUrl
      ? new RedisCounterStore(environment.redisUrl, counterNamespace(installation), localCounters, logger)
      : null;
    this.#counters = this.#redis ?? localCounters;
    this.#table = this.#compile();
    const deps: CallDeps = { credentials: this.#credentials, logger: this.#records.logger };
    this.#deps = deps;
    const exchange = { logger: this.#records.logger, longCalls: this.#longCalls };
    const proxy = (call: GatewayCall<Caller>): undefined | Promise<void> => proxyCall(call, exchange);
    const { certificates } = registry.snapshot;
    const speaksTls = shared.speaksTls ?? certificates.length > 0;
    this.#certificates = speaksTls ? new TlsCertificates(certificates, shared, logger) : null;
    const { gatewayClientLimits: clientLimits } = environment;
    const connections = new ClientConnections({
      limits: clientLimits,
      processes: environment.gatewayWorkers,
      isProxy: (address) => this.#table.trustedProxies.includes(address),
      logger,
    });
    this.#plane = createDataPlaneServer((caller) => serveCall(new GatewayCall(caller, this.#table), deps, proxy), {
      fastPath: environment.gatewayFastPath,
      fieldNames: () => this.#table.fieldNames,
      tls: this.#certificates?.serverOptions ?? null,
      connections,
      bodyPace: { rate: clientLimits.rate, patience: clientLimits.bodyPatience },
      onBroken: (request) => this.#table.recorder.refused(request),
    });
    this.metrics = createMetricsRegistry([
      ...this.#records.metrics(),
      ...credentialMetrics(this.#credentials),
      ...grantMetrics(this.#grants),
      ...poolMetrics(this.#pools),
      ...changeFeedMetrics(this.#follower),
      ...clientConnectionMetrics(connections),
      ...limitMetrics(this.#redis),
      ...configMetrics(registry),
      ...eventLoopMetrics(),
    ]);
    this.#endSwaps = registry.onSwap(() => this.#swap());
  }

  get state(): 'starting' | 'serving' | 'stopping' {
    return this.#state;
  }

  /** Whether changes reach this process: false past the bound up to which cached credentials are trusted. */
  get followsChanges(): boolean {
    return this.#follower.current;
  }

  get deciding(): boolean {
    return this.#state !== 'starting';
  }

  decide(caller: DecisionCaller): void {
    serveCall(new GatewayCall(caller, this.#table), this.#deps, answerAllowed);
  }

  /** What does not work as it should; calls go on. */
  get degraded(): readonly Degradation[] {
    const { refused, fromDisk } = this.#installation.configState.condition;
    return listDegradations({
      databaseFails: this.#follower.failing,
      changesNotFollowed: !this.#follower.current,
      redisFails: this.#redis?.failing ?? false,
      configFromDisk: fromDisk,
      configRefused: refused,
      upstreamsGone: this.withoutTarget.length > 0,
    });
  }

  /** APIs all of whose targets are left out. */
  get withoutTarget(): readonly string[] {
    return this.#table.apis.filter(({ targets }) => !targets.available).map(({ id }) => id);
  }

  async start(): Promise<void> {
    await this.#records.open(this.#installation.environment.tracing);
    await this.#keeper?.restore();
    await this.#follower.start();
    this.#listener?.start();
    await this.#redis?.open();
    await this.#certificates?.start((pem) => (this.#plane.server as HttpsServer).setSecureContext(pem));
    await listen(this.#plane.server, this.#installation.environment.ports.gateway, 'GATEWAY_PORT');
    this.#state = 'serving';
  }

  /** @param drainDelay milliseconds for which calls are taken as before, so that a balancer notices */
  async stop(drainDelay: number): Promise<void> {
    if (this.#state === 'serving' && drainDelay > 0) {
      this.#state = 'stopping';
      this.#plane.beginDrain();
      await delay(drainDelay);
    }
    this.#state = 'stopping';
    this.#endSwaps();
    this.#plane.beginStop();
    this.#longCalls.stop();
    if (this.#plane.server.listening) await closeServer(this.#plane.server);
    this.#certificates?.close();
    // Before anything waits for the database, which may be what is amiss.
    await this.#keeper?.close();
    await this.#listener?.close();
    await this.#follower.close();
    await this.#pools.close();
    this.#redis?.close();
    await this.#records.close();
  }

  #compile(): CallTable {
    const { snapshot } = this.#installation.registry;
    this.#pools.beginSnapshot();
    const table = compileCallTable(snapshot, {
      plans: this.#plans,
      plugins: new PluginCompiler(gatewayPlugins, this.#counters),
      pools: this.#pools,
      metrics: this.#records.calls,
      recorder: this.#records.compile(snapshot),
    });
    this.#plans.follow(snapshot.plans);
    return table;
  }

  /** Calls in flight keep the table that they have; pools of targets that both know stay warm. */
  #swap(): void {
    const { certificates } = this.#installation.registry.snapshot;
    if (certificates.length > 0 !== (this.#certificates !== null))
      this.#installation.logger.warn('Whether the public port speaks TLS changes at the next start.');
    else this.#certificates?.follow(certificates);
    this.#table = this.#compile();
    this.#grants.follow();
    this.#pools.closeUnused();
  }
}

/** Gateways that share the root secret are one installation. */
function counterNamespace({ rootSecret }: Installation): string {
  return rootSecret.sign('limit counters', 'namespace').slice(0, 16);
}
