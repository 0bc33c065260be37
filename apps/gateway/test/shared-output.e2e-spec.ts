/** Lines of several processes on one standard output, as those of workers are, before a reader that is slower than they. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, createReadStream, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from '@jest/globals';

const WRITER = [process.execPath, join(import.meta.dirname, 'line-writer.mjs')];
const LINES = 2_000;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-output-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const twoWriters = (mode: string): string => `"$0" "$1" a ${LINES} 900 ${mode} & "$0" "$1" b ${LINES} 900 ${mode} & wait`;

/** What comes out at the other end of a pipe. */
function throughPipe(command: string): Readable {
  const file = join(mkdtempSync(join(folder, 'pipe-')), 'pipe');
  spawnSync('mkfifo', [file]);
  // For reading, too: so it opens before there is a reader.
  const fd = openSync(file, constants.O_RDWR);
  spawn('sh', ['-c', command, ...WRITER], { stdio: ['ignore', fd, 'inherit'] });
  const end = createReadStream(file, { highWaterMark: 5_000 });
  void once(end, 'open').then(() => closeSync(fd));
  return end;
}

function throughSocket(command: string): Readable {
  return spawn('sh', ['-c', command, ...WRITER], { stdio: ['ignore', 'pipe', 'inherit'] }).stdout;
}

async function readSlowly(output: Readable): Promise<string[]> {
  let text = '';
  for await (const part of output) {
    text += part;
    await new Promise((done) => setTimeout(done, 1));
  }
  return text.split('\n').slice(0, -1);
}

/** How many lines of each writer came, in their order; and what is no line. */
function sortLines(lines: readonly string[]): { a: number; b: number; torn: string[] } {
  const found = { a: 0, b: 0, torn: [] as string[] };
  for (const line of lines) {
    try {
      const { name, i } = JSON.parse(line) as { name: 'a' | 'b'; i: number };
      if (i === found[name]) found[name]++;
    } catch {
      found.torn.push(line);
    }
  }
  return found;
}

test.each([
  ['a pipe that blocks', throughPipe, 'blocking'],
  ['a pipe that does not block', throughPipe, 'non-blocking'],
  ['a socket', throughSocket, 'blocking'],
])('lines of two processes stay whole in %s', async (_name, through, mode) => {
  expect(sortLines(await readSlowly(through(twoWriters(mode))))).toEqual({ a: LINES, b: LINES, torn: [] });
});

test('a line that is too long to go out in one piece comes all the same', async () => {
  const output = throughPipe('"$0" "$1" a 500 20000 non-blocking');
  expect(sortLines(await readSlowly(output))).toEqual({ a: 500, b: 0, torn: [] });
});
