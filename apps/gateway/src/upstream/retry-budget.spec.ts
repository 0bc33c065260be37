import { expect, test } from '@jest/globals';
import { RetryBudget } from './retry-budget.js';

let now = 1_000;

function granted(budget: RetryBudget, asked: number): number {
  return Array.from({ length: asked }, () => budget.take()).filter(Boolean).length;
}

test.each([
  ['a share of the calls', { percent: 20, perSecond: 0 }, 100, 20],
  ['some anyway', { percent: 0, perSecond: 3 }, 100, 30],
  ['both', { percent: 20, perSecond: 3 }, 100, 50],
  ['none', { percent: 0, perSecond: 0 }, 100, 0],
  ['none without calls', { percent: 100, perSecond: 0 }, 0, 0],
])('BEHAVIOURS 83: a budget of %s', (_, settings, calls, expected) => {
  const budget = new RetryBudget(settings, () => now);
  budget.calls += calls;
  expect([granted(budget, 1_000), budget.granted, budget.refused]).toEqual([expected, expected, 1_000 - expected]);
});

test('what is long ago counts for nothing', () => {
  const budget = new RetryBudget({ percent: 50, perSecond: 0 }, () => now);
  budget.calls += 1_000;
  now += 600_000;
  expect(granted(budget, 1_000)).toBeLessThan(10);
  budget.calls += 100;
  expect(granted(budget, 1_000)).toBeGreaterThanOrEqual(49);
});

test('at a steady rate the share is kept', () => {
  const budget = new RetryBudget({ percent: 10, perSecond: 0 }, () => now);
  for (let second = 0; second < 100; second++) {
    budget.calls += 100;
    now += 1_000;
    granted(budget, 100);
  }
  expect(budget.granted).toBeGreaterThan(900);
  expect(budget.granted).toBeLessThanOrEqual(1_100);
});
