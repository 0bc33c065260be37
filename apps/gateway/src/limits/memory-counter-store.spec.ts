import { expect, test } from '@jest/globals';
import { MemoryCounterStore } from './memory-counter-store.js';

test('BEHAVIOURS 92: windows begin at multiples of their length, and counts end with them', () => {
  let now = 59_999;
  const store = new MemoryCounterStore(10, () => now);
  expect(store.increment('a', 60)).toEqual({ count: 1, resetMs: 1 });
  expect(store.increment('a', 60)).toEqual({ count: 2, resetMs: 1 });
  now = 60_000;
  expect(store.increment('a', 60)).toEqual({ count: 1, resetMs: 60_000 });
  expect(store.increment('b', 60)).toEqual({ count: 1, resetMs: 60_000 });
});

test('its memory is bounded', () => {
  const store = new MemoryCounterStore(2, () => 0);
  for (const key of ['a', 'b', 'c']) store.increment(key, 60);
  expect(store.increment('c', 60).count).toBe(2);
  expect(store.increment('a', 60).count).toBe(1);
});
