import { expect, test } from '@jest/globals';
import type { Logger } from '#process/logger.js';
import { boundLogger } from './bounded-logger.js';

test('of many lines in a second some are written, the rest is counted and told of', () => {
  const lines: unknown[][] = [];
  const write = (...args: unknown[]) => void lines.push(args);
  let now = 5_000;
  const bounded = boundLogger({ warn: write, error: write } as unknown as Logger, () => now);
  for (let i = 0; i < 50; i++) bounded.logger.warn({ i }, 'An upstream failed.');
  expect(lines).toHaveLength(20);
  expect(bounded.suppressed).toBe(30);
  bounded.logger.error({}, 'Another level has its own count.');
  expect(lines).toHaveLength(21);
  now = 6_000;
  bounded.logger.warn({}, 'Later.');
  expect(lines.slice(21)).toEqual([
    [{ lines: 30 }, 'Lines about calls were left out.'],
    [{}, 'Later.'],
  ]);
});
