import { describe, expect, test } from '@jest/globals';
import { StatementBatch } from './statement-batch.js';

/** A store that answers when it is told to. */
function heldStore(options = { limit: 10, parallel: 1 }) {
  const statements: { items: readonly number[]; commit: () => void; fail: (error: unknown) => void }[] = [];
  const batch = new StatementBatch<number, string>(
    (items) => new Promise((done, fail) => statements.push({ items, commit: () => done(items.map((item) => `outcome of ${item}`)), fail })),
    options,
  );
  return { statements, batch };
}
const turn = () => new Promise((done) => setImmediate(done));
const faults = [
  Object.assign(new Error('violates a foreign key'), { code: '23503' }),
  Object.assign(new Error('deadlock detected'), { code: '40P01' }),
];

describe('8: what comes together shares a statement', () => {
  test('items of one turn go in one, none is acknowledged before it commits, each gets its own outcome', async () => {
    const { statements, batch } = heldStore();
    let acknowledged = 0;
    const all = [1, 2, 2].map((item) =>
      batch.add(item).then((outcome) => {
        acknowledged++;
        return outcome;
      }),
    );
    await turn();
    expect(statements.map(({ items }) => items)).toEqual([[1, 2, 2]]);
    expect(acknowledged).toBe(0);
    statements[0]?.commit();
    expect(await Promise.all(all)).toEqual(['outcome of 1', 'outcome of 2', 'outcome of 2']);
  });

  test('those that come meanwhile wait for the statement under way, up to the limit of the next', async () => {
    const { statements, batch } = heldStore({ limit: 2, parallel: 1 });
    const all = [batch.add(1)];
    await turn();
    all.push(...[2, 3, 4].map((item) => batch.add(item)));
    await turn();
    expect(statements).toHaveLength(1);
    for (let i = 0; i < 3; i++) {
      statements[i]?.commit();
      await turn();
      await turn();
    }
    await Promise.all(all);
    expect(statements.map(({ items }) => items)).toEqual([[1], [2, 3], [4]]);
  });

  test.each(faults)('an item that is at fault ($code) fails alone', async (fault) => {
    const written: number[] = [];
    const batch = new StatementBatch<number, void>(async (items) => {
      if (items.includes(2)) throw fault;
      written.push(...items);
      return items.map(() => undefined);
    });
    const outcomes = await Promise.allSettled([1, 2, 3].map((item) => batch.add(item)));
    expect(outcomes.map((outcome) => outcome.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(written).toEqual([1, 3]);
  });

  test('while nothing can be read or stored all fail, without a storm of single statements, and the next goes on', async () => {
    const { statements, batch } = heldStore();
    const all = Promise.allSettled([1, 2].map((item) => batch.add(item)));
    await turn();
    statements[0]?.fail(Object.assign(new Error('gone'), { code: 'ECONNREFUSED' }));
    expect((await all).map((outcome) => outcome.status)).toEqual(['rejected', 'rejected']);
    expect(statements).toHaveLength(1);
    const next = batch.add(3);
    await turn();
    statements[1]?.commit();
    expect(await next).toBe('outcome of 3');
  });
});
