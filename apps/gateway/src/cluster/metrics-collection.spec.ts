import { expect, jest, test } from '@jest/globals';
import { Registry } from 'prom-client';
import type { ToPrimary, ToWorker } from './messages.js';
import { MetricsCollection } from './metrics-collection.js';
import { SharedExposition } from './shared-exposition.js';

type Metrics = Extract<ToPrimary, { kind: 'metrics' }>;

/** Two workers, each of which answers with these metrics. */
function collectionOf(metrics: unknown): { collection: MetricsCollection; logger: { error: jest.Mock } } {
  const logger = { error: jest.fn() };
  const answer = (message: ToWorker): number => {
    if (message.kind !== 'measure') return 0;
    for (let i = 0; i < 2; i++) setImmediate(() => collection.take({ kind: 'metrics', ask: message.ask, metrics } as Metrics));
    return 2;
  };
  const collection: MetricsCollection = new MetricsCollection({ ask: answer }, logger);
  return { collection, logger };
}

test('metrics of several workers are added up', async () => {
  const calls = { name: 'calls', help: 'Calls', type: 'counter', aggregator: 'sum', values: [{ labels: {}, value: 2 }] };
  const replies: ToWorker[] = [];
  await collectionOf([calls]).collection.expose(7, (message) => replies.push(message));
  expect(replies).toEqual([{ kind: 'exposition', ask: 7, text: expect.stringContaining('calls 4') }]);
});

test('metrics that cannot be put together are told to the worker that asked, and logged; the primary goes on', async () => {
  const { collection, logger } = collectionOf([{ name: 'calls', type: 'counter', aggregator: 'nobody knows', values: [{ value: 1 }] }]);
  const replies: ToWorker[] = [];
  await collection.expose(7, (message) => replies.push(message));
  expect(replies).toEqual([{ kind: 'exposition', ask: 7, text: null }]);
  expect(logger.error).toHaveBeenCalledTimes(1);
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
