import { expect, test } from '@jest/globals';
import { type BatchListener, LineBatches } from './line-batches.js';

/** A destination that takes a batch only when it is told to. */
function stage() {
  const seen = {
    written: '',
    writes: 0,
    closed: false,
    dropped: [] as [number, string][],
    unclosed: [] as string[],
    takes: [] as (() => void)[],
    broken: false,
  };
  const destination = {
    write: async (bytes: Buffer) => {
      seen.writes++;
      if (seen.broken) throw new Error('no space left');
      await new Promise<void>((done) => seen.takes.push(done));
      seen.written += bytes;
    },
    close: () => {
      seen.closed = true;
      if (seen.broken) throw new Error('no quota left');
    },
  };
  const listener: BatchListener = {
    onDropped: (lines, why) => void seen.dropped.push([lines, why]),
    onCloseFailed: ({ message }) => void seen.unclosed.push(message),
  };
  return { seen, batches: new LineBatches(destination, listener) };
}
const turn = () => new Promise((done) => setTimeout(done, 1));
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await turn();
}

test('lines go out together, and at the latest when the log is closed', async () => {
  const { seen, batches } = stage();
  for (const line of ['a\n', 'b\n', 'c\n']) batches.add(line);
  expect(seen.writes).toBe(0);
  const closing = batches.close(20_000, 'the end');
  seen.takes.shift()?.();
  await closing;
  expect(seen).toMatchObject({ written: 'a\nb\nc\n', writes: 1, closed: true, dropped: [] });
});

test('a few lines do not wait for a full batch', async () => {
  const { seen, batches } = stage();
  batches.add('a\n');
  await until(() => seen.writes === 1);
  seen.takes.shift()?.();
  await batches.close(20_000, 'the end');
  expect(seen.written).toBe('a\n');
});

test('what a destination does not take is dropped and counted; the rest stays whole and in order', async () => {
  const { seen, batches } = stage();
  const line = `${'x'.repeat(1_023)}\n`;
  for (let i = 0; i < 64 * 40; i++) batches.add(line);
  await turn();
  expect(seen.writes).toBe(1);
  const dropped = (): number => seen.dropped.reduce((sum, [lines]) => sum + lines, 0);
  expect(dropped()).toBeGreaterThan(0);
  expect(seen.dropped[0]?.[1]).toMatch(/not taken fast enough/);
  const closing = batches.close(20_000, 'the end');
  await until(() => {
    seen.takes.shift()?.();
    return seen.closed;
  });
  await closing;
  expect(seen.written.length / line.length + dropped()).toBe(64 * 40);
});

test('a batch that cannot be written is counted, and the next one tried', async () => {
  const { seen, batches } = stage();
  seen.broken = true;
  batches.add('a\n');
  await until(() => seen.dropped.length === 1);
  expect(seen.dropped).toEqual([[1, 'no space left']]);
  seen.broken = false;
  batches.add('b\n');
  const closing = batches.close(20_000, 'the end');
  await until(() => seen.takes.length > 0);
  seen.takes.shift()?.();
  await closing;
  expect(seen.written).toBe('b\n');
});

test('a destination that hangs does not hold a stop up; what waits for it is lost, and it is closed once it goes on', async () => {
  const { seen, batches } = stage();
  batches.add('a\n');
  await until(() => seen.writes === 1);
  batches.add('b\n');
  await batches.close(10, 'the end');
  expect(seen).toMatchObject({ closed: false, dropped: [[1, 'the end']] });
  seen.takes.shift()?.();
  await until(() => seen.closed);
  expect(seen).toMatchObject({ written: 'a\n', writes: 1, dropped: [[1, 'the end']] });
});

test('a destination that cannot be closed is told of, in time and late', async () => {
  const inTime = stage();
  inTime.seen.broken = true;
  await inTime.batches.close(20_000, 'the end');
  expect(inTime.seen.unclosed).toEqual(['no quota left']);
  const late = stage();
  late.batches.add('a\n');
  await late.batches.close(10, 'the end');
  late.seen.broken = true;
  late.seen.takes.shift()?.();
  await until(() => late.seen.unclosed.length > 0);
  expect(late.seen).toMatchObject({ unclosed: ['no quota left'], dropped: [] });
});

test('a few lines that wait for a slow destination take little memory', async () => {
  const held: number[] = [];
  const destination = { write: async (bytes: Buffer) => void held.push(bytes.buffer.byteLength), close: () => undefined };
  const batches = new LineBatches(destination, { onDropped: () => undefined, onCloseFailed: () => undefined });
  batches.add('a\n');
  await batches.close(20_000, 'the end');
  expect(held).toHaveLength(1);
  expect(held[0]).toBe('a\n'.length);
});
