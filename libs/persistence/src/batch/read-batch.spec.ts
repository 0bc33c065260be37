import { expect, test } from '@jest/globals';
import { ReadBatch } from './read-batch.js';

/** A store that answers when it is told to. */
function heldStore(parallel = 1) {
  const reads: { keys: readonly string[]; answer: (found: Record<string, number>) => void; fail: (error: Error) => void }[] = [];
  const batch = new ReadBatch<number>(
    (keys) => new Promise((done, fail) => reads.push({ keys, answer: (found) => done(new Map(Object.entries(found))), fail })),
    parallel,
  );
  return { reads, batch };
}
const turn = () => new Promise((done) => setImmediate(done));

test('look-ups of one turn are one statement, in which each key stands once', async () => {
  const { reads, batch } = heldStore();
  const all = Promise.all(['a', 'b', 'a'].map((key) => batch.find(key)));
  await turn();
  expect(reads.map((read) => read.keys)).toEqual([['a', 'b']]);
  reads[0]?.answer({ a: 1 });
  expect(await all).toEqual([1, null, 1]);
});

test('nothing is kept: who asks while a statement is under way is answered by the next', async () => {
  const { reads, batch } = heldStore();
  const first = batch.find('a');
  await turn();
  const second = batch.find('a');
  await turn();
  expect(reads).toHaveLength(1);
  reads[0]?.answer({ a: 1 });
  expect(await first).toBe(1);
  await turn();
  reads[1]?.answer({ a: 2 });
  expect(await second).toBe(2);
});

test('an error fails those who asked, and no others', async () => {
  const { reads, batch } = heldStore();
  const first = batch.find('a');
  await turn();
  reads[0]?.fail(new Error('gone'));
  await expect(first).rejects.toThrow('gone');
  const second = batch.find('a');
  await turn();
  reads[1]?.answer({ a: 1 });
  expect(await second).toBe(1);
});
