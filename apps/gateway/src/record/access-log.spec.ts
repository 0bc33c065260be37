import { spawnSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, readdirSync, readlinkSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { AccessLogSettings } from '#config/registry.js';
import { recordedCall } from '../../test/recorded-call.js';
import { AccessLog } from './access-log.js';

let folder: string;
let told: unknown[][];
let log: AccessLog;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-access-log-'));
  told = [];
  const tell = (...line: unknown[]): void => void told.push(line);
  log = new AccessLog({ warn: tell, error: tell });
});
afterEach(async () => {
  await log.close();
  rmSync(folder, { recursive: true, force: true });
});

const settings = (file: string): AccessLogSettings => ({ file, fields: ['path'], sample: 1, slowerThan: Number.POSITIVE_INFINITY });
const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await new Promise((done) => setTimeout(done, 1));
};
/** Descriptors of this process that are open on a file. */
const descriptorsOf = (file: string): number[] =>
  readdirSync('/proc/self/fd')
    .map(Number)
    .filter((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`) === file;
      } catch {
        return false;
      }
    });

test('a log that cannot be closed when the config names another one is told of, and ends nothing', async () => {
  const [first, second] = [join(folder, 'first.log'), join(folder, 'second.log')];
  // Made free for the next log, which would else get the number of the one that is broken here.
  const lower = openSync('/dev/null', 'r');
  log.compile(settings(first));
  for (const fd of [lower, ...descriptorsOf(first)]) closeSync(fd);
  log.compile(settings(second));
  await until(() => told.length > 0);
  expect(told).toEqual([[{ file: first, error: expect.stringContaining('EBADF') }, expect.stringContaining('could not be closed')]]);
});

test('a log that hangs when the config names another one is closed once it goes on; lines are lost for that reason', async () => {
  const pipe = join(folder, 'pipe');
  spawnSync('mkfifo', [pipe]);
  // For writing, too: so it opens before there is a writer.
  const end = openSync(pipe, constants.O_RDWR | constants.O_NONBLOCK);
  const own = descriptorsOf(pipe).length;
  const record = log.compile(settings(pipe));
  // More than pipe and batch take together.
  for (let i = 0; i < 3; i++) record?.(recordedCall({ path: `/${'x'.repeat(100_000)}` }), 1_020);
  log.compile(settings(join(folder, 'next.log')));
  await until(() => told.length > 0);
  expect(told).toEqual([[{ lines: 1, why: 'accessLog was changed' }, 'Lines of the access log are lost.']]);
  expect(descriptorsOf(pipe)).toHaveLength(own + 1);
  const bytes = Buffer.alloc(65_536);
  await until(() => {
    try {
      readSync(end, bytes);
    } catch {
      // Nothing to be read now.
    }
    return descriptorsOf(pipe).length === own;
  });
  closeSync(end);
});
