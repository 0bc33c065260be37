import { expect, test } from '@jest/globals';
import { parseDuration, parseSize } from './quantity.decorator.js';

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

test.each([
  [0, 0],
  [1_000, 1_000],
  ['1000', 1_000],
  ['64kb', 65_536],
  ['10mb', 10_485_760],
  ['2gb', 2_147_483_648],
  [-1, null],
  [1.5, null],
  ['', null],
  ['10 mb', null],
  ['10MB', null],
  ['1.5mb', null],
  [null, null],
])('the size %j is %j bytes', (value, bytes) => {
  expect(parseSize(value)).toBe(bytes);
});
