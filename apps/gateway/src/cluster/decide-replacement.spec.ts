import { expect, test } from '@jest/globals';
import { decideReplacement } from './decide-replacement.js';

const NOW = 1_000_000;
const early = (count: number, ago = 0) => Array.from({ length: count }, () => ({ at: NOW - ago, served: 500 }));

test.each([
  ['one that had served is replaced at once', [{ at: NOW, served: 60_000 }], { replace: true, delayMs: 0 }],
  ['after an early death there is a pause', early(1), { replace: true, delayMs: 100 }],
  ['which grows', early(4), { replace: true, delayMs: 800 }],
  ['a crash loop ends the gateway', early(5), { replace: false, early: 5 }],
  ['deaths of long ago are forgotten', early(7, 300_000), { replace: true, delayMs: 0 }],
])('%s', (_, deaths, expected) => {
  expect(decideReplacement(deaths, 2, NOW)).toEqual(expected);
});

test('the pause is five seconds at most', () => {
  expect(decideReplacement(early(12), 32, NOW)).toEqual({ replace: true, delayMs: 5_000 });
});
