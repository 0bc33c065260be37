import { expect, jest, test } from '@jest/globals';
import type { ToPrimary, ToWorker } from './messages.js';
import { PrimaryCounterStore } from './primary-counter-store.js';

type Counts = Extract<ToWorker, { kind: 'counts' }>;
type Count = Extract<ToPrimary, { kind: 'count' }>;

function begin() {
  const sent: Count[] = [];
  let answer: (message: Counts) => void = () => undefined;
  const logger = { warn: jest.fn(), info: jest.fn() };
  const store = new PrimaryCounterStore(
    {
      send: async (message) => void sent.push(message as Count),
      on: (_, listener) => {
        answer = listener;
      },
    },
    logger,
  );
  return {
    store,
    sent,
    logger,
    answer: (ask: number, counts: number[]) => answer({ kind: 'counts', ask, counts, resets: counts.map(() => 9) }),
  };
}

test('the counts of one turn go to the primary in one message, and each call gets its own', async () => {
  const { store, sent, answer } = begin();
  const readings = Promise.all([store.increment('a', 60), store.increment('b', 1), store.increment('a', 60)]);
  await new Promise((done) => setImmediate(done));
  expect(sent).toEqual([{ kind: 'count', ask: 1, keys: ['a', 'b', 'a'], windows: [60, 1, 60] }]);
  answer(1, [4, 1, 5]);
  expect((await readings).map(({ count }) => count)).toEqual([4, 1, 5]);
});

test('BEHAVIOURS 92: a primary that does not answer holds no call: the worker counts by itself until it does', async () => {
  const { store, sent, answer, logger } = begin();
  const first = [store.increment('a', 60), store.increment('a', 60)];
  expect((await Promise.all(first)).map(({ count }) => count)).toEqual([1, 2]);
  expect(store.increment('a', 60)).toMatchObject({ count: 3 });
  expect(sent).toHaveLength(1);
  expect(logger.warn).toHaveBeenCalledTimes(1);
  answer(1, [7, 8]);
  const again = store.increment('a', 60);
  await new Promise((done) => setImmediate(done));
  answer(2, [9]);
  expect(await again).toMatchObject({ count: 9 });
  expect(logger.info).toHaveBeenCalledTimes(1);
});
