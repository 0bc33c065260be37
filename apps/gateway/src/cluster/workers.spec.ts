import cluster, { type Worker } from 'node:cluster';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { Logger } from '#process/logger.js';
import { FakeWorker } from '../../test/fake-worker.js';
import { BEAT_MS, MOST_SILENT_BEATS } from './pulse.js';
import { WORKER_VARIABLE, Workers } from './workers.js';

const forked: FakeWorker[] = [];
const ended: unknown[] = [];
const onCrashLoop = jest.fn();
/** What `cluster.fork` does once the machine has no process to give. */
let failToFork: ((worker: FakeWorker) => void) | null;
let workers: Workers;

beforeEach(() => {
  jest.useFakeTimers();
  forked.length = 0;
  ended.length = 0;
  onCrashLoop.mockClear();
  failToFork = null;
  jest.spyOn(cluster, 'fork').mockImplementation((env) => {
    const worker = new FakeWorker(Number((env as Record<string, string>)[WORKER_VARIABLE]));
    if (failToFork) failToFork(worker);
    else forked.push(worker);
    return worker as unknown as Worker;
  });
  workers = new Workers({
    count: 2,
    drainDelay: 0,
    config: () => ({ fingerprint: 'new', message: { kind: 'exposition', ask: 0, text: null } }),
    onMessage: () => undefined,
    onEnd: (worker) => ended.push(worker),
    onCrashLoop,
    logger: { info: () => undefined, debug: () => undefined, error: () => undefined } as unknown as Logger,
  });
});
afterEach(async () => {
  await workers.stop();
  jest.useRealTimers();
  jest.restoreAllMocks();
});

const at = (index: number): FakeWorker => forked[index] as FakeWorker;
/** The first serves, the second still starts. */
async function startHalf(): Promise<void> {
  workers.start().catch(() => undefined);
  at(0).say({ kind: 'serving' });
  await jest.advanceTimersByTimeAsync(0);
}
const numbers = (): number[] => forked.map(({ number }) => number);

test('what takes the place of a worker that served is replaced as well, should it die while the others still start', async () => {
  await startHalf();
  at(0).die();
  await jest.advanceTimersByTimeAsync(1_000);
  expect(numbers()).toEqual([1, 2, 1]);
  at(2).die();
  at(1).say({ kind: 'serving' });
  await jest.advanceTimersByTimeAsync(1_000);
  expect(numbers()).toEqual([1, 2, 1, 1]);
  expect(ended).toEqual([at(0), at(2)]);
});

test('a reload that no worker follows ends none of them: what took their places could not follow either', async () => {
  await startHalf();
  at(1).say({ kind: 'serving' });
  for (const worker of forked) worker.say({ kind: 'follows', fingerprint: 'old' });
  workers.follow();
  await jest.advanceTimersByTimeAsync(60_000);
  expect([numbers(), ended]).toEqual([[1, 2], []]);
});

test('a worker that does not follow a reload that another one follows is replaced', async () => {
  await startHalf();
  at(1).say({ kind: 'serving' });
  workers.follow();
  at(1).say({ kind: 'follows', fingerprint: 'new' });
  await jest.advanceTimersByTimeAsync(60_000);
  expect([numbers(), ended]).toEqual([[1, 2, 1], [at(0)]]);
});

describe.each([
  [
    'throws',
    (): never => {
      throw new Error('spawn node ENOMEM');
    },
  ],
  [
    'gives a worker without a process',
    (worker: FakeWorker): void => {
      Object.assign(worker.process, { pid: undefined, connected: false, send: undefined });
      void Promise.resolve().then(() => worker.emit('error', new Error('spawn node EAGAIN')));
    },
  ],
])('where the machine has no process to give, and `fork` %s', (_, fail) => {
  test('a dead worker is replaced as soon as it has one, and the others serve until then', async () => {
    await startHalf();
    at(1).say({ kind: 'serving' });
    await jest.advanceTimersByTimeAsync(0);
    failToFork = fail;
    at(0).die();
    await jest.advanceTimersByTimeAsync(90_000);
    expect([numbers(), ended]).toEqual([[1, 2], [at(0)]]);
    expect(onCrashLoop).not.toHaveBeenCalled();
    failToFork = null;
    await jest.advanceTimersByTimeAsync(1_000);
    expect(numbers()).toEqual([1, 2, 1]);
  });

  test('a gateway does not start, and says why', async () => {
    failToFork = fail;
    await expect(workers.start()).rejects.toThrow(/^A worker of the gateway cannot be started: spawn node E/);
    await workers.stop();
    await jest.advanceTimersByTimeAsync(10_000);
    expect(onCrashLoop).not.toHaveBeenCalled();
  });
});

test('a worker that serves and falls silent at once hangs like any other that serves: it is not given the time of a start', async () => {
  await startHalf();
  at(1).say({ kind: 'serving' });
  at(1).hangs = true;
  await jest.advanceTimersByTimeAsync(MOST_SILENT_BEATS * BEAT_MS);
  expect(ended).toEqual([]);
  await jest.advanceTimersByTimeAsync(BEAT_MS);
  expect(ended).toEqual([at(1)]);
});

test('metrics are asked of those alone that serve', async () => {
  await startHalf();
  expect(workers.ask({ kind: 'measure', ask: 1 })).toEqual([at(0)]);
  expect([at(0).heard, at(1).heard]).toEqual([[{ kind: 'measure', ask: 1 }], []]);
});

test.each([
  ['one that serves gets it', true],
  ['where the others only start it is closed, and its client does not wait for ever', false],
])('a connection on its way to a worker that dies: %s', async (_, otherServes) => {
  await startHalf();
  if (otherServes) at(1).say({ kind: 'serving' });
  const handle = { close: jest.fn() };
  (at(0).process.send as (...args: unknown[]) => boolean)({ cmd: 'NODE_CLUSTER', act: 'newconn', seq: 5 }, handle);
  at(0).die();
  await jest.advanceTimersByTimeAsync(0);
  expect(handle.close).toHaveBeenCalledTimes(otherServes ? 0 : 1);
  expect(at(0).internal).toEqual(otherServes ? [{ cmd: 'NODE_CLUSTER', ack: 5, accepted: false }] : []);
});
