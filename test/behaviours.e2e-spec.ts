/** Every rule that is built has a test that quotes its number: this list says which rules those are. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from '@jest/globals';

const ROOT = resolve(import.meta.dirname, '..');

const span = (prefix: string, first: number, last: number): string[] =>
  Array.from({ length: last - first + 1 }, (_, i) => `${prefix}${first + i}`);

const BUILT = [
  ...'ABCDEFGHI',
  ...span('', 1, 40),
  ...span('', 42, 44),
  '48',
  ...span('', 50, 54),
  ...span('', 57, 85),
  '87',
  ...span('', 89, 99),
  ...span('W', 1, 10),
  'W12',
  'W14',
];

/** `13`, `57–60`, `W1` … as they stand in titles, alone or in a list before a colon, or after the word BEHAVIOURS. */
const RULE = String.raw`(?:W?\d+(?:[–-]W?\d+)?|[A-I](?:[–-][A-I])?)`;
const TITLES = new RegExp(
  String.raw`['"\`(](?:BEHAVIOURS )?((?:[A-Z][A-Za-z]+(?: [\d.§]+)*, )*${RULE}(?:, (?:[A-Z][A-Za-z]+ ?[\d.§]*|${RULE}))*)[: ,)]`,
  'g',
);
const NAMED = new RegExp(`BEHAVIOURS (${RULE}(?:, ${RULE})*)`, 'g');

function quotedRules(): Set<string> {
  const quoted = new Set<string>();
  for (const folder of ['apps', 'libs', 'test', 'migrations']) {
    for (const file of readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })) {
      if (!/spec\.tsx?$/.test(file) || file === 'behaviours.e2e-spec.ts') continue;
      const text = readFileSync(join(ROOT, folder, file), 'utf8');
      for (const [, list = ''] of [...text.matchAll(TITLES), ...text.matchAll(NAMED)])
        for (const rule of list.split(', ')) addRule(quoted, rule);
    }
  }
  return quoted;
}

/** Takes a range apart. */
function addRule(quoted: Set<string>, rule: string): void {
  const [, prefix = '', first, last] = /^(W?)(\d+)[–-]W?(\d+)$/.exec(rule) ?? [];
  const letters = /^([A-I])[–-]([A-I])$/.exec(rule);
  if (first && last) for (const one of span(prefix, Number(first), Number(last))) quoted.add(one);
  else if (letters) {
    for (let code = letters[1]?.charCodeAt(0) ?? 0; code <= (letters[2]?.charCodeAt(0) ?? -1); code++)
      quoted.add(String.fromCharCode(code));
  } else quoted.add(rule);
}

test('every rule that is built is quoted by a test', () => {
  const quoted = quotedRules();
  expect(BUILT.filter((rule) => !quoted.has(rule))).toEqual([]);
});
