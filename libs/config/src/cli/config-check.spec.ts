import { join } from 'node:path';
import { afterEach, expect, jest, test } from '@jest/globals';
import { runConfigCheck } from './config-check.js';

const EXAMPLE = join(import.meta.dirname, '../../../../config');

afterEach(() => {
  jest.restoreAllMocks();
});

function capture(): { out: string[]; err: string[] } {
  const lines = { out: [] as string[], err: [] as string[] };
  jest.spyOn(console, 'log').mockImplementation((line: string) => void lines.out.push(line));
  jest.spyOn(console, 'error').mockImplementation((line: string) => void lines.err.push(line));
  return lines;
}

test('a good folder is summed up, and the exit code is 0', async () => {
  const lines = capture();
  expect(await runConfigCheck(EXAMPLE, {})).toBe(0);
  expect(lines).toEqual({ out: [`${EXAMPLE} is good: 4 APIs, 3 plans, 2 auth methods, 3 groups, 2 applications, 2 users`], err: [] });
});

test('97: the mistakes of a folder are printed one a line, and the exit code is 1', async () => {
  const lines = capture();
  expect(await runConfigCheck(EXAMPLE, { SAMPLE_UPSTREAM_URL: 'nowhere' })).toBe(1);
  expect(lines.out).toEqual([]);
  expect(lines.err[0]?.split('\n')).toHaveLength(4);
  expect(lines.err[0]).toMatch(/^apis\/orders\/api\.yaml:\d+:8 upstream\.url: must be an http or https URL/);
  expect(lines.err[1]).toBe(`${EXAMPLE} has 4 mistakes`);
});
