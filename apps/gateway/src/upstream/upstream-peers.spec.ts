import { expect, test } from '@jest/globals';
import { shareOf } from './upstream-peers.js';

test.each([
  [10, 2, [5, 5]],
  [10, 3, [4, 3, 3]],
  [0, 2, [0, 0]],
  // Each has one, else its calls would never get there.
  [1, 3, [1, 1, 1]],
])('%i over %i processes', (total, count, shares) => {
  expect(Array.from({ length: count }, (_, i) => shareOf(total, i + 1, count))).toEqual(shares);
});
