import { expect, test } from '@jest/globals';
import { createCorrelationId } from './correlation-id.js';

test('each is a random UUID of version 4, and none comes twice', () => {
  const ids = Array.from({ length: 1_000 }, createCorrelationId);
  expect(new Set(ids).size).toBe(1_000);
  expect(ids.filter((id) => !/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id))).toEqual([]);
  // Every bit but the six that say version and variant is random.
  const seen = ids.map((id) => BigInt(`0x${id.replaceAll('-', '')}`));
  const ones = seen.reduce((bits, id) => bits | id, 0n);
  const zeros = seen.reduce((bits, id) => bits | ~id, 0n) & ((1n << 128n) - 1n);
  expect((ones & zeros).toString(16)).toBe('ffffffffffff0fff3fffffffffffffff');
});
