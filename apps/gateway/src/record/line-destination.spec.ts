import { mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { LineDestination } from './line-destination.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-lines-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('lines are added to what the file has; once it was moved away, a new one is begun', async () => {
  const file = join(folder, 'access.log');
  let now = 0;
  const first = new LineDestination(file, () => now);
  await first.write(Buffer.from('a\n'));
  first.close();
  const second = new LineDestination(file, () => now);
  await second.write(Buffer.from('b\n'));
  renameSync(file, `${file}.1`);
  now += 60_000;
  await second.write(Buffer.from('c\n'));
  second.close();
  expect(readFileSync(`${file}.1`, 'utf8')).toBe('a\nb\n');
  expect(readFileSync(file, 'utf8')).toBe('c\n');
});

test('a file that cannot be opened is an error at once', () => {
  expect(() => new LineDestination(join(folder, 'missing', 'access.log'))).toThrow(/ENOENT/);
});
