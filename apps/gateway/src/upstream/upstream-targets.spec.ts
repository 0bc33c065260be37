import { expect, test } from '@jest/globals';
import { upstreamTarget } from '../call/upstream-request.js';
import { spreadTurns } from './upstream-targets.js';

test.each([
  [[1], [0]],
  [
    [1, 1],
    [0, 1],
  ],
  [
    [100, 100],
    [0, 1],
  ],
  [
    [3, 1],
    [0, 0, 1, 0],
  ],
  [
    [5, 1, 1],
    [0, 0, 1, 0, 2, 0, 0],
  ],
])('weights %j give the turns %j', (weights, turns) => {
  expect(spreadTurns(weights)).toEqual(turns);
});

test.each([
  ['/orders/v1/a', '/orders/v1', '', '/a'],
  ['/orders/v1', '/orders/v1', '', '/'],
  ['/orders/v1/', '/orders/v1', '', '/'],
  ['/orders/v1//a', '/orders/v1', '', '//a'],
  ['/orders/v1/a', '', '', '/orders/v1/a'],
  ['/orders/v1/a', '/orders/v1', '/base', '/base/a'],
  ['/orders/v1', '/orders/v1', '/base', '/base'],
  ['/a', '', '/base', '/base/a'],
])('%s without "%s" under "%s" is %s', (path, stripped, base, expected) => {
  expect(upstreamTarget(path, stripped, base)).toBe(expected);
});
