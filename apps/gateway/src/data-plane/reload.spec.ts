import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { type LoadedConfig, loadConfig } from '#config/load-config.js';
import type { Api, HealthCheck, RegistrySnapshot } from '#config/registry.js';
import { Registry } from '#config/registry-holder.js';
import type { Installation } from '#installation/installation.js';
import { readEnvironment } from '#process/environment.js';
import { createLogger } from '#process/logger.js';
import { RootSecret } from '#secrets/root-secret.js';
import { collectGarbage } from '../../test/used-memory.js';
import { ownParts } from '../start.js';
import { DataPlane } from './data-plane.js';

const EXAMPLE = join(import.meta.dirname, '../../../../config');
const RELOADS = 1_000;
/** Longer than connections of a target that is no longer used are kept. */
const SETTLED_MS = 60_000;
/** Of the event loop, in which sockets that were given up are closed. */
const MOST_TURNS = 100_000;
const HEALTH_CHECK: HealthCheck = {
  path: '/health',
  interval: 3_600_000,
  timeout: 1_000,
  expectedStatuses: [],
  healthyAfter: 1,
  unhealthyAfter: 1,
};

let plane: DataPlane;
beforeEach(() => void jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] }));
afterEach(async () => {
  await plane.stop(0);
  jest.useRealTimers();
});

test('BEHAVIOURS 97: a thousand reloads leave no snapshot, pool, check, timer or listener behind', async () => {
  const first = await loadExample();
  const registry = new Registry(first);
  plane = new DataPlane(installationOf(registry), ownParts(null));
  const remaining = async () => {
    const lines = (await plane.metrics.metrics()).split('\n').filter((line) => line.startsWith('gatehouse_gateway_upstream_'));
    return {
      timers: jest.getTimerCount(),
      listeners: process.eventNames().map((name) => [name, process.listenerCount(name)]),
      upstreams: new Set(lines.map((line) => /upstream="(.*?)"/.exec(line)?.[1])),
    };
  };
  const before = await remaining();
  const snapshots: WeakRef<RegistrySnapshot>[] = [];
  for (let number = 1; number <= RELOADS; number++) {
    const next = withChangingApi(first, number);
    snapshots.push(new WeakRef(next.snapshot));
    registry.swap(next);
    await nextTurn();
  }
  expect((await remaining()).upstreams.size).toBe(before.upstreams.size + 1);
  registry.swap(first);
  await jest.advanceTimersByTimeAsync(SETTLED_MS);
  for (let turn = 0; turn < MOST_TURNS && jest.getTimerCount() > before.timers; turn++) await nextTurn();
  expect(await remaining()).toEqual(before);
  collectGarbage();
  expect(snapshots.filter((snapshot) => snapshot.deref() !== undefined).length).toBeLessThan(5);
});

async function loadExample(): Promise<LoadedConfig> {
  const outcome = await loadConfig(EXAMPLE, {});
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.faults));
  return outcome;
}

/** One API's target, which is checked, is another with each number; nothing listens there. The rest stays as it is. */
function withChangingApi({ snapshot, source }: LoadedConfig, number: number): LoadedConfig {
  const [api] = [...snapshot.apis.values()] as [Api, ...Api[]];
  const targets = [{ url: `http://127.1.${number >> 8}.${number & 255}:9`, weight: 1 }];
  const changing: Api = { ...api, id: 'changing', upstream: { ...api.upstream, targets, healthCheck: HEALTH_CHECK } };
  return { snapshot: { ...snapshot, apis: new Map([...snapshot.apis, ['changing', changing]]) }, source };
}

/** As much of an installation as a data plane needs that does not serve. */
function installationOf(registry: Registry): Installation {
  const installation: Pick<Installation, 'registry' | 'environment' | 'logger' | 'rootSecret' | 'embedded'> = {
    registry,
    environment: readEnvironment({}),
    logger: createLogger('fatal', 'test'),
    rootSecret: new RootSecret('a-secret-of-at-least-thirty-two-characters'),
    embedded: true,
  };
  return installation as Installation;
}
