import { expect, test } from '@jest/globals';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { CONSUMER, RecordedCall } from '../../test/recorded-call.js';
import type { CounterStore } from '../gateway-plugin.js';
import { RateLimitingConfig } from './rate-limiting.config.js';
import { rateLimiting } from './rate-limiting.js';

/** Counts per key; windows end in 20.5 s. */
function counting(): CounterStore & { readonly counts: Map<string, number> } {
  const counts = new Map<string, number>();
  return {
    counts,
    increment(key) {
      counts.set(key, (counts.get(key) ?? 0) + 1);
      return { count: counts.get(key) as number, resetMs: 20_500 };
    },
  };
}

const compile = (config: Partial<RateLimitingConfig>, counters: CounterStore) =>
  rateLimiting.compile(Object.assign(new RateLimitingConfig(), config), { counters, scope: 'plan:basic' });

test('BEHAVIOURS 92: a refused call gets 429, Retry-After and the RateLimit fields', () => {
  const hooks = compile({ minute: 1 }, counting());
  const first = new RecordedCall({ consumer: CONSUMER });
  expect(hooks.access?.(first)).toBeUndefined();
  expect(first.response).toEqual({ 'RateLimit-Policy': '"minute";q=1;w=60', RateLimit: '"minute";r=0;t=21' });
  expect(hooks.access?.(new RecordedCall({ consumer: CONSUMER }))).toMatchObject({ status: 429, headers: { 'Retry-After': '21' } });
});

test('W14: each subscription has its own count', () => {
  const hooks = compile({ minute: 1 }, counting());
  hooks.access?.(new RecordedCall({ consumer: CONSUMER }));
  expect(hooks.access?.(new RecordedCall({ consumer: { ...CONSUMER, subscriptionId: 'sub-2' } }))).toBeUndefined();
});

test('a call that the short window refuses is not counted against the longer one', () => {
  const counters = counting();
  const hooks = compile({ minute: 1, hour: 100 }, counters);
  for (let i = 0; i < 5; i++) hooks.access?.(new RecordedCall({ consumer: CONSUMER }));
  expect(counters.counts.get('plan:basic|hour|subscription:sub-1')).toBe(1);
});

test.each([
  ['192.0.2.1', 'address:192.0.2.1'],
  ['2001:db8:1:2:3:4:5:6', 'address:2001:db8:1:2'],
  ['2001:DB8:1:2::9', 'address:2001:db8:1:2'],
  ['2001:db8::9', 'address:2001:db8:0:0'],
  ['::1', 'address:0:0:0:0'],
])('without a subscription calls count per address, IPv6 per /64: %s', (clientAddress, key) => {
  const counters = counting();
  compile({ day: 5 }, counters).access?.(new RecordedCall({ clientAddress }));
  expect([...counters.counts.keys()]).toEqual([`plan:basic|day|${key}`]);
});

test('a counter that answers later is waited for', async () => {
  const inner = counting();
  const hooks = compile({ second: 1, hour: 1 }, { increment: async (key, seconds) => inner.increment(key, seconds) });
  expect(await hooks.access?.(new RecordedCall({ consumer: CONSUMER }))).toBeUndefined();
  expect(await hooks.access?.(new RecordedCall({ consumer: CONSUMER }))).toMatchObject({ status: 429 });
  expect(inner.counts.get('plan:basic|hour|subscription:sub-1')).toBe(1);
});

test.each([
  ['one window', { hour: 100 }, 0],
  ['two windows', { second: 5, day: 1000 }, 0],
  ['no window', {}, 1],
  ['zero', { hour: 0 }, 1],
  ['a fraction', { minute: 1.5 }, 1],
  ['text', { minute: '10' }, 1],
])('config: %s', (_, plain, faults) => {
  expect(validateSync(plainToInstance(RateLimitingConfig, plain))).toHaveLength(faults);
});
