import { expect, test } from '@jest/globals';
import { spreadTurns } from './weighted-turns.js';

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
