import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { Registry } from 'prom-client';
import type { ToPrimary } from './messages.js';
import { MetricsCollection } from './metrics-collection.js';
import { SharedExposition } from './shared-exposition.js';

afterEach(() => {
  jest.useRealTimers();
});

type Metrics = Extract<ToPrimary, { kind: 'metrics' }>;
type Value = { value: number; labels?: object; metricName?: string };

const counter = (...values: Value[]) => ({ name: 'calls', help: 'Calls', type: 'counter', aggregator: 'sum', values: labelled(values) });
const gauge = (value: number) => ({ name: 'open', help: 'Open', type: 'gauge', aggregator: 'sum', values: labelled([{ value }]) });
const labelled = (values: Value[]) => values.map((value) => ({ labels: {}, ...value }));

/** A worker that answers at once with its metrics; null: not at all. */
interface FakeWorker {
  metrics: readonly unknown[] | null;
}

function collectionOf(...workers: FakeWorker[]) {
  const logger = { error: jest.fn() };
  let asked = 0;
  const say = (worker: FakeWorker, ask = asked): void =>
    collection.take(worker, { kind: 'metrics', ask, metrics: worker.metrics ?? [] } as unknown as Metrics);
  const collection: MetricsCollection = new MetricsCollection(
    {
      ask: (message) => {
        asked = (message as { ask: number }).ask;
        const silent = workers.filter(({ metrics }) => metrics === null);
        for (const worker of workers) if (!silent.includes(worker)) setImmediate(() => say(worker));
        return [...workers];
      },
    },
    logger,
  );
  const expose = async (): Promise<string | null> => {
    let text: string | null = null;
    await collection.expose(7, (message) => {
      expect(message).toMatchObject({ kind: 'exposition', ask: 7 });
      text = (message as { text: string | null }).text;
    });
    return text;
  };
  const end = (worker: FakeWorker): void => {
    workers.splice(workers.indexOf(worker), 1);
    collection.end(worker);
  };
  return { collection, logger, workers, expose, end, say };
}

test('metrics of several workers are added up', async () => {
  const { expose } = collectionOf({ metrics: [counter({ value: 2 })] }, { metrics: [counter({ value: 2 })] });
  expect(await expose()).toContain('calls 4');
});

test('metrics that cannot be put together are told to the worker that asked, and logged; the primary goes on', async () => {
  const { expose, logger } = collectionOf({ metrics: [{ ...counter({ value: 1 }), aggregator: 'nobody knows' }] });
  expect(await expose()).toBeNull();
  expect(logger.error).toHaveBeenCalledTimes(1);
});

describe('a worker that ended', () => {
  test('has its counts in the sums for good, and its gauges no more', async () => {
    const [stays, dies] = [{ metrics: [counter({ value: 5 }), gauge(3)] }, { metrics: [counter({ value: 7 }), gauge(2)] }];
    const { expose, end, workers } = collectionOf(stays, dies);
    expect(await expose()).toMatch(/^calls 12\n[\s\S]*^open 5\n/m);
    end(dies);
    expect(await expose()).toMatch(/^calls 12\n[\s\S]*^open 3\n/m);
    const next = { metrics: [counter({ value: 1 })] };
    workers.push(next);
    expect(await expose()).toContain('calls 13\n');
    end(next);
    expect(await expose()).toContain('calls 13\n');
  });

  test('has a histogram, too, and values told apart by their labels; what is the same in all workers is not added', async () => {
    const histogram = {
      ...counter({ value: 2, metricName: 'calls_bucket', labels: { le: 1 } }, { value: 9, metricName: 'calls_sum' }),
      type: 'histogram',
    };
    const reloads = { ...counter({ value: 4, labels: { outcome: 'applied' } }), name: 'reloads', aggregator: 'max' };
    const metrics = [histogram, reloads];
    const [first, second, stays] = [{ metrics }, { metrics }, { metrics: [{ ...reloads, values: labelled([{ value: 1 }]) }] }];
    const { expose, end } = collectionOf(first, second, stays);
    await expose();
    end(first);
    end(second);
    const text = await expose();
    expect(text).toContain('calls_bucket{le="1"} 4\n');
    expect(text).toContain('calls_sum 18\n');
    expect(text).not.toContain('applied');
  });

  test('is counted once where it ends between its answer and that of another, which is not waited for in vain', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate'] });
    const [answers, silent] = [{ metrics: [counter({ value: 7 }), gauge(2)] }, { metrics: null as unknown[] | null }];
    const { expose, end } = collectionOf(answers, silent);
    const text = expose();
    await new Promise((done) => setImmediate(done));
    end(answers);
    expect(jest.getTimerCount()).toBe(1);
    end(silent);
    expect(jest.getTimerCount()).toBe(0);
    expect(await text).toMatch(/^calls 7\n/m);
  });

  test('is counted once where an answer of its is read after its end', async () => {
    const [dies, stays] = [{ metrics: [counter({ value: 7 })] }, { metrics: [counter({ value: 5 })] }];
    const { expose, end, say } = collectionOf(dies, stays);
    await expose();
    end(dies);
    say(dies);
    expect(await expose()).toContain('calls 12\n');
  });
});

test('of a worker that does not answer its last counts are told, and no gauges', async () => {
  jest.useFakeTimers({ doNotFake: ['setImmediate'] });
  const [answers, hangs]: FakeWorker[] = [{ metrics: [counter({ value: 5 }), gauge(3)] }, { metrics: [counter({ value: 7 }), gauge(2)] }];
  const { expose, end } = collectionOf(answers as FakeWorker, hangs as FakeWorker);
  await expose();
  (hangs as FakeWorker).metrics = null;
  const text = expose();
  await jest.advanceTimersByTimeAsync(2_000);
  expect(await text).toMatch(/^calls 12\n[\s\S]*^open 3\n/m);
  end(hangs as FakeWorker);
  expect(await expose()).toMatch(/^calls 12\n[\s\S]*^open 3\n/m);
});

test('who asks for the metrics learns that there are none', async () => {
  const listeners = new Map<string, (message: never) => void>();
  const sent: ToPrimary[] = [];
  const exposition = new SharedExposition(
    { send: async (message) => void sent.push(message), on: (kind, listener) => void listeners.set(kind, listener as never) },
    new Registry(),
    { error: () => undefined },
  );
  const text = exposition.metrics();
  listeners.get('exposition')?.({ kind: 'exposition', ask: (sent[0] as { ask: number }).ask, text: null } as never);
  await expect(text).rejects.toThrow('no metrics');
});
