import { expect, test } from '@jest/globals';
import { parseDuration } from './quantity.decorator.js';

test.each([
  [0, 0],
  [30, 30_000],
  ['30', 30_000],
  ['250ms', 250],
  ['30s', 30_000],
  ['15m', 900_000],
  ['1h', 3_600_000],
  ['14d', 1_209_600_000],
  [-1, null],
  [1.5, null],
  [Number.NaN, null],
  ['', null],
  ['1.5h', null],
  ['1 h', null],
  ['h', null],
  ['-1s', null],
  ['1w', null],
  ['1e3', null],
  [null, null],
  [true, null],
])('the duration %j is %j milliseconds', (value, milliseconds) => {
  expect(parseDuration(value)).toBe(milliseconds);
});
