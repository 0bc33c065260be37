import { expect, test } from '@jest/globals';
import { wordDuration } from './duration-wording.js';

test.each([
  [0, '0 seconds'],
  [1, '1 second'],
  [60, '1 minute'],
  [90, '1 minute 30 seconds'],
  [3600, '1 hour'],
  [5400, '1 hour 30 minutes'],
  [86_400, '1 day'],
  [1_209_600, '14 days'],
  [90_061, '1 day 1 hour 1 minute 1 second'],
])('%d seconds are "%s"', (seconds, words) => {
  expect(wordDuration(seconds)).toBe(words);
});
