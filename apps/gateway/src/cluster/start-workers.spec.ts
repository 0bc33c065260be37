import cluster, { type Worker } from 'node:cluster';
import { join } from 'node:path';
import { afterEach, expect, jest, test } from '@jest/globals';
import { type LoadedConfig, loadConfig } from '#config/load-config.js';
import type { CertificateFiles } from '#config/registry.js';
import { Registry } from '#config/registry-holder.js';
import { ConfigState } from '#installation/config-state.js';
import type { Installation, RunningApp } from '#installation/installation.js';
import { readEnvironment } from '#process/environment.js';
import { createLogger } from '#process/logger.js';
import { FakeWorker } from '../../test/fake-worker.js';
import type { ToWorker } from './messages.js';
import { startWorkers } from './start-workers.js';
import { WORKER_VARIABLE } from './workers.js';

const FILES: CertificateFiles[] = [{ cert: '/run/own.pem', key: '/run/own.key' }];
const PAIRS = [{ cert: 'a certificate', key: 'a secret key' }];
let app: RunningApp;
afterEach(async () => {
  await app.stop();
  jest.restoreAllMocks();
});

async function load(): Promise<LoadedConfig> {
  const outcome = await loadConfig(join(import.meta.dirname, '../../test/config'), { UPSTREAM_URL: 'http://127.0.0.1:9' });
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.faults));
  return outcome;
}
const withCertificates = ({ snapshot, source }: LoadedConfig, certificates: CertificateFiles[]): LoadedConfig => ({
  snapshot: { ...snapshot, certificates },
  source,
});

test('a worker that starts is told of the certificates of the others, those that the config named last among them; a reload says nothing of them', async () => {
  const forked: FakeWorker[] = [];
  jest.spyOn(cluster, 'fork').mockImplementation((env) => {
    const worker = new FakeWorker(Number((env as Record<string, string>)[WORKER_VARIABLE]));
    forked.push(worker);
    queueMicrotask(() => {
      worker.say({ kind: 'hello' });
      worker.say({ kind: 'serving' });
    });
    return worker as unknown as Worker;
  });
  const config = await load();
  const registry = new Registry(withCertificates(config, FILES));
  const installation: Pick<Installation, 'environment' | 'registry' | 'configState' | 'logger'> = {
    environment: readEnvironment({ GATEWAY_WORKERS: '2' }),
    registry,
    configState: new ConfigState(),
    logger: createLogger('fatal', 'test'),
  };
  app = await startWorkers(installation as Installation);
  const [first, second] = forked as [FakeWorker, FakeWorker];
  const told = ({ heard }: FakeWorker): ToWorker['kind'][] => heard.map(({ kind }) => kind);
  const publicPort = (last: typeof PAIRS | null): ToWorker => ({
    kind: 'public-port',
    certificates: { speaksTls: true, files: FILES, last },
  });
  expect(told(first)).toEqual(['config', 'public-port']);
  expect(first.heard[1]).toEqual(publicPort(null));
  first.say({ kind: 'certificates', pairs: PAIRS });
  registry.swap(withCertificates(config, []));
  expect(told(second)).toEqual(['config', 'public-port', 'config']);
  expect(JSON.stringify([first.heard, second.heard])).not.toContain('a secret key');
  second.say({ kind: 'hello' });
  expect(second.heard.at(-1)).toEqual(publicPort(PAIRS));
});
