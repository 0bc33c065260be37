import { expect, test } from '@jest/globals';
import { correlationIdIn, correlationLine, createCorrelationLine } from './correlation-id.js';

test('each is a random UUID of version 4, and none comes twice', () => {
  const lines = Array.from({ length: 3_000 }, createCorrelationLine);
  const ids = lines.map(correlationIdIn);
  expect(new Set(ids).size).toBe(3_000);
  expect(ids.map(correlationLine)).toEqual(lines);
  expect(ids.filter((id) => !/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id))).toEqual([]);
  // Every bit but the six that say version and variant is random.
  const seen = ids.map((id) => BigInt(`0x${id.replaceAll('-', '')}`));
  const ones = seen.reduce((bits, id) => bits | id, 0n);
  const zeros = seen.reduce((bits, id) => bits | ~id, 0n) & ((1n << 128n) - 1n);
  expect((ones & zeros).toString(16)).toBe('ffffffffffff0fff3fffffffffffffff');
});
