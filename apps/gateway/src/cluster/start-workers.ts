/**
 * The primary process of a gateway with several workers: it opens the installation (config folder, declaration, reloads), starts the
 * workers that serve, and counts limits for all of them. It serves no call itself; Node hands connections to the workers in turn.
 */
import type { RegistrySnapshot } from '#config/registry.js';
import type { Installation, RunningApp } from '#installation/installation.js';
import type { PemPair } from '../data-plane/tls-certificates.js';
import { MemoryCounterStore } from '../limits/memory-counter-store.js';
import type { LookedUp, ToPrimary, ToWorker } from './messages.js';
import { MetricsCollection } from './metrics-collection.js';
import { Workers } from './workers.js';

export async function startWorkers({ environment, registry, configState, logger }: Installation): Promise<RunningApp> {
  const counters = new MemoryCounterStore();
  const speaksTls = registry.snapshot.certificates.length > 0;
  let { certificates: files } = registry.snapshot;
  let last: readonly PemPair[] | null = null;
  const report = () => ({ condition: configState.condition, reloads: registry.reloads });
  const config = (): ToWorker => ({
    kind: 'config',
    fingerprint: registry.snapshot.fingerprint,
    source: registry.source.reveal(),
    lookedUp: lookedUpIn(registry.snapshot),
    ...report(),
  });
  const followSwap = ({ certificates }: RegistrySnapshot): void => {
    // Workers whose config names none any more go on with those that they had, until the gateway starts anew.
    if (certificates.length > 0) files = certificates;
    workers.follow();
  };
  const workers = new Workers({
    count: environment.gatewayWorkers,
    drainDelay: environment.gatewayDrainDelay,
    logger,
    config: () => ({ fingerprint: registry.snapshot.fingerprint, message: config() }),
    onMessage: (message, { worker, reply, tellOthers }) => {
      if (message.kind === 'hello') {
        reply(config());
        reply({ kind: 'public-port', certificates: { speaksTls, files, last } });
      } else if (message.kind === 'count') reply(answerCount(message, counters));
      else if (message.kind === 'certificates') last = message.pairs;
      else if (message.kind === 'target-news') tellOthers(message);
      else if (message.kind === 'metrics') metrics.take(worker, message);
      else if (message.kind === 'expose') void metrics.expose(message.ask, reply);
    },
    onEnd: (worker) => metrics.end(worker),
    onCrashLoop: (earlyDeaths) => {
      logger.fatal({ earlyDeaths }, 'Workers of the gateway die as soon as they are replaced; see their last lines. The gateway ends');
      void workers.stop().then(() => process.exit(1));
    },
  });
  const ends = [registry.onSwap(followSwap), configState.onChange(() => workers.tell({ kind: 'condition', ...report() }))];
  const metrics = new MetricsCollection(workers, logger);
  const stop = async (): Promise<void> => {
    for (const end of ends) end();
    await workers.stop();
  };
  try {
    await workers.start();
  } catch (error) {
    await stop();
    throw error;
  }
  return { stop };
}

function lookedUpIn({ apis }: RegistrySnapshot): LookedUp[] {
  return [...apis.values()].flatMap(({ oauth2 }) =>
    oauth2?.scopeLookupUrl && oauth2.scopesKnown ? [[oauth2.scopeLookupUrl.url, [...oauth2.scopes]] as const] : [],
  );
}

function answerCount(message: Extract<ToPrimary, { kind: 'count' }>, counters: MemoryCounterStore): ToWorker {
  const readings = message.keys.map((key, i) => counters.increment(key, message.windows[i] as number));
  return {
    kind: 'counts',
    ask: message.ask,
    counts: readings.map(({ count }) => count),
    resets: readings.map(({ resetMs }) => resetMs),
  };
}
