import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { loadConfig } from '../src/load-config.js';
import { GOOD } from './config-folder.js';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-garbage-'));
  for (const [path, content] of Object.entries(GOOD)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** Puts garbage in place of a good file: the loader answers, with faults that a person can find. */
async function expectAnswer(path: string, content: string | Uint8Array): Promise<void> {
  await writeFile(join(folder, path), content);
  try {
    const outcome = await loadConfig(folder, {});
    if (outcome.ok) return;
    expect(outcome.faults.length).toBeGreaterThan(0);
    for (const { file, line, column, message } of outcome.faults) {
      expect(file).not.toBe('');
      expect(line).toBeGreaterThan(0);
      expect(column).toBeGreaterThan(0);
      expect(message).not.toMatch(/undefined|\[object|NaN|^$/);
    }
  } finally {
    await writeFile(join(folder, path), GOOD[path] ?? '');
  }
}

const paths = fc.constantFrom(...Object.keys(GOOD));
const KEYS = [
  ...new Set(Object.values(GOOD).flatMap((text) => text.match(/[A-Za-z0-9]+(?=:)/g) ?? [])),
  '__proto__',
  'constructor',
  'toString',
  'plugins',
  'config',
];

test('bytes of any kind never crash the loader', async () => {
  await fc.assert(fc.asyncProperty(paths, fc.uint8Array({ maxLength: 200 }), expectAnswer), { numRuns: 100 });
});

test('text of any kind never crashes the loader', async () => {
  const pieces = fc.array(
    fc.constantFrom(
      '\n',
      ': ',
      '- ',
      '  ',
      '{',
      '}',
      '[',
      ']',
      '&a ',
      '*a',
      '${',
      '}',
      '? ',
      '|',
      '>',
      '!!x ',
      '---\n',
      '\t',
      '"',
      ...KEYS,
    ),
  );
  await fc.assert(
    fc.asyncProperty(
      paths,
      pieces.map((list) => list.join('')),
      expectAnswer,
    ),
    { numRuns: 150 },
  );
});

test('values of any shape under the known keys never crash the loader', async () => {
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom(null, true, 0, -1.5, 1e21, '', 'x', 'oauth2', 'all'),
      fc.array(tie('tree'), { maxLength: 3 }),
      tie('map'),
    ),
    map: fc.dictionary(fc.constantFrom(...KEYS), tie('tree'), { maxKeys: 6 }),
  }));
  await fc.assert(
    fc.asyncProperty(
      paths,
      tree.map((value) => stringify(value)),
      expectAnswer,
    ),
    { numRuns: 250 },
  );
});

test.each([
  ['levels without end', '['.repeat(100_000)],
  ['deep maps', `{a: ${'{a: '.repeat(2_000)}1${'}'.repeat(2_001)}`],
  [
    'aliases that multiply',
    `a: &a [1,1,1,1,1,1,1,1,1]\n${'bcdefghij'
      .split('')
      .map((name, i) => `${name}: &${name} [${`*${'abcdefghi'[i]},`.repeat(9)}]`)
      .join('\n')}\n`,
  ],
  ['an alias of itself', 'name: &a [*a]\n'],
])('%s are refused quickly', async (_what, content) => {
  await expectAnswer('plans/basic.yaml', content);
});
