/** A worker process: serves the gateway's ports with the config that the primary gives it, and follows its reloads. */

import { withLookedUpScopes } from '#config/compile/with-looked-up-scopes.js';
import { ConfigSource } from '#config/config-source.js';
import { compileSource, formatFaults, type LoadedConfig } from '#config/load-config.js';
import type { Installation } from '#installation/installation.js';
import { openWorkerInstallation } from '#installation/open-worker-installation.js';
import { runApp } from '#installation/run-app.js';
import type { SharedCertificates } from '../data-plane/tls-certificates.js';
import { serveGateway } from '../start.js';
import type { ConfigReport, ToWorker } from './messages.js';
import { PrimaryChannel } from './primary-channel.js';
import { PrimaryCounterStore } from './primary-counter-store.js';
import { SharedExposition } from './shared-exposition.js';
import { workerPeers } from './worker-peers.js';

type ConfigMessage = Extract<ToWorker, { kind: 'config' }>;

export async function runWorker(worker: number): Promise<void> {
  // The primary reloads; a signal to the whole process group is not ours.
  process.on('SIGHUP', () => undefined);
  const channel = new PrimaryChannel();
  // What comes while we start is put in force once we have.
  let latest!: ConfigMessage;
  let report!: ConfigReport;
  let certificates!: Omit<SharedCertificates, 'keep'>;
  let putInForce = (message: ConfigMessage): void => {
    latest = message;
  };
  let note = (): void => undefined;
  const takeReport = (message: ConfigReport): void => {
    report = message;
    note();
  };
  // Before the greeting: what follows its answer may come in the same reading.
  channel.on('public-port', (message) => {
    certificates = message.certificates;
  });
  channel.on('config', (message) => {
    takeReport(message);
    putInForce(message);
  });
  channel.on('condition', takeReport);
  let retired = false;
  channel.on('retire', () => {
    retired = true;
    process.kill(process.pid, 'SIGTERM');
  });
  await channel.greet();

  await runApp({
    name: 'gateway',
    open: async (options) => {
      const opened = latest;
      const config = await compileConfig(opened);
      const installation = await openWorkerInstallation(options, { worker, config, condition: report.condition });
      note = () => noteReport(installation, report);
      const follow = followPrimary(installation, channel, () => note());
      putInForce = follow;
      if (latest !== opened) follow(latest);
      else void channel.send({ kind: 'follows', fingerprint: opened.fingerprint });
      return installation;
    },
    start: [
      (installation) =>
        serveGateway(installation, {
          counters: new PrimaryCounterStore(channel, installation.logger),
          keepAs: String(worker),
          peers: workerPeers(channel, worker, installation.environment.gatewayWorkers),
          certificates: { ...certificates, keep: (pairs) => void channel.send({ kind: 'certificates', pairs }) },
          sharesPorts: true,
          stopsAlone: () => retired,
          expose: (own) => new SharedExposition(channel, own, installation.logger),
        }),
    ],
    onReady: () => void channel.send({ kind: 'serving' }),
    onFault: (message) => channel.send({ kind: 'fault', message }),
  });
}

/** Configs are compiled one after another, so that none overtakes a later one. */
function followPrimary(installation: Installation, channel: PrimaryChannel, onSwap: () => void): (message: ConfigMessage) => void {
  const { registry, logger } = installation;
  let last: Promise<void> = Promise.resolve();
  const follow = async (message: ConfigMessage): Promise<void> => {
    const config = await compileConfig(message);
    registry.swap(config);
    onSwap();
    logger.info({ fingerprint: config.snapshot.fingerprint }, 'Config followed');
    void channel.send({ kind: 'follows', fingerprint: message.fingerprint });
  };
  return (message) => {
    // The primary replaces a worker that does not follow.
    last = last.then(() => follow(message)).catch((error: unknown) => logger.error({ err: error }, 'A reload could not be followed'));
  };
}

/** What the primary knows of the folder, /readyz and /metrics of this process say, too. */
function noteReport({ registry, configState }: Installation, { condition, reloads }: ConfigReport): void {
  Object.assign(registry.reloads, reloads);
  configState.change(condition);
}

async function compileConfig({ source, lookedUp }: ConfigMessage): Promise<LoadedConfig> {
  const outcome = await compileSource(ConfigSource.parse(source));
  if (!outcome.ok) throw new Error(`The primary's config cannot be compiled here:\n${formatFaults(outcome.faults)}`);
  const scopes = new Map(lookedUp.map(([url, pairs]) => [url, new Map(pairs)]));
  return { snapshot: withLookedUpScopes(outcome.snapshot, scopes), source: outcome.source };
}
