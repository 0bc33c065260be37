import { describe, expect, test } from '@jest/globals';
import { InsertBatch } from './insert-batch.js';

/** A store that commits when it is told to. */
function heldStore(options = { limit: 10, parallel: 1 }) {
  const writes: { rows: readonly number[]; commit: () => void; fail: (error: unknown) => void }[] = [];
  const batch = new InsertBatch<number>((rows) => new Promise((commit, fail) => writes.push({ rows, commit, fail })), options);
  return { writes, batch };
}
const turn = () => new Promise((done) => setImmediate(done));
const violation = Object.assign(new Error('violates a foreign key'), { code: '23503' });

describe('8: rows written together', () => {
  test('those of one turn go in one statement, and none is acknowledged before it commits', async () => {
    const { writes, batch } = heldStore();
    let acknowledged = 0;
    const all = [1, 2, 3].map((row) => batch.add(row).then(() => acknowledged++));
    await turn();
    expect(writes.map((write) => write.rows)).toEqual([[1, 2, 3]]);
    expect(acknowledged).toBe(0);
    writes[0]?.commit();
    await Promise.all(all);
    expect(acknowledged).toBe(3);
  });

  test('those that come meanwhile wait for the statement under way, up to the limit of the next', async () => {
    const { writes, batch } = heldStore({ limit: 2, parallel: 1 });
    const all = [batch.add(1)];
    await turn();
    all.push(...[2, 3, 4].map((row) => batch.add(row)));
    await turn();
    expect(writes).toHaveLength(1);
    for (let i = 0; i < 3; i++) {
      writes[i]?.commit();
      await turn();
      await turn();
    }
    await Promise.all(all);
    expect(writes.map((write) => write.rows)).toEqual([[1], [2, 3], [4]]);
  });

  test('a row that violates a constraint fails alone', async () => {
    const written: number[] = [];
    const batch = new InsertBatch<number>(
      async (rows) => {
        if (rows.includes(2)) throw violation;
        written.push(...rows);
      },
      { limit: 10, parallel: 1 },
    );
    const outcomes = await Promise.allSettled([1, 2, 3].map((row) => batch.add(row)));
    expect(outcomes.map((outcome) => outcome.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(written).toEqual([1, 3]);
  });

  test('while nothing can be stored all fail, without a storm of single statements, and the next goes on', async () => {
    const { writes, batch } = heldStore();
    const all = Promise.allSettled([1, 2].map((row) => batch.add(row)));
    await turn();
    writes[0]?.fail(Object.assign(new Error('gone'), { code: 'ECONNREFUSED' }));
    expect((await all).map((outcome) => outcome.status)).toEqual(['rejected', 'rejected']);
    expect(writes).toHaveLength(1);
    const next = batch.add(3);
    await turn();
    writes[1]?.commit();
    await next;
  });
});
