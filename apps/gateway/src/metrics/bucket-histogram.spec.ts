import { expect, test } from '@jest/globals';
import { BucketHistogram } from './bucket-histogram.js';

test('each observation is in the first bucket whose bound is not below it', () => {
  const histogram = new BucketHistogram([1, 2, 5]);
  for (const value of [0, 1, 1.5, 2, 5, 5.1, 100]) histogram.observe(value);
  expect([...histogram.counts]).toEqual([2, 2, 1, 2]);
  expect(histogram.count).toBe(7);
  expect(histogram.sum).toBeCloseTo(114.6);
});
