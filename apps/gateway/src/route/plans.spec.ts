import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import type { Plan } from '#config/registry.js';
import { PATIENCE_MS, Plans } from './plans.js';

const plans = (...ids: string[]): ReadonlyMap<string, Plan> => new Map(ids.map((id) => [id, { id } as Plan]));

let known: Plans;
beforeEach(() => {
  jest.useFakeTimers();
  known = new Plans();
  known.follow(plans('basic'));
});
afterEach(() => {
  jest.useRealTimers();
});

test('a plan that the next config brings is waited for', async () => {
  const arrivals = [known.arrivalOf('gold'), known.arrivalOf('gold'), known.arrivalOf('lead')];
  known.follow(plans('basic', 'gold'));
  expect(await Promise.all(arrivals)).toEqual([true, true, false]);
  expect([known.has('gold'), known.get('gold')?.id]).toEqual([true, 'gold']);
});

test('one that does not come is waited for once, until the config changes', async () => {
  const first = known.arrivalOf('gold');
  await jest.advanceTimersByTimeAsync(PATIENCE_MS);
  expect(await first).toBe(false);
  expect(jest.getTimerCount()).toBe(0);
  expect(await known.arrivalOf('gold')).toBe(false);
  known.follow(plans('basic'));
  const later = known.arrivalOf('gold');
  known.follow(plans('gold'));
  expect(await later).toBe(true);
});

test('a plan that is gone is not known any more', () => {
  known.follow(plans('gold'));
  expect([known.has('basic'), known.get('basic')]).toEqual([false, undefined]);
});
