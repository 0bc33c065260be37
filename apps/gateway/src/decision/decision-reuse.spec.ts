import { describe, expect, test } from '@jest/globals';
import type { GatewayCall } from '../call/gateway-call.js';
import { NO_CHAIN } from '../call/gateway-call.js';
import { describeReuse } from './decision-reuse.js';

const NOW = 1_700_000_000_250;
const call = (repeatable: boolean, expiresAt: number | null): GatewayCall =>
  ({
    chain: { ...NO_CHAIN, repeatable },
    credential: expiresAt === null ? null : { expiresAt },
    table: { apiKeyHeader: 'x-apikey' },
  }) as unknown as GatewayCall;
const NEVER = ['Cache-Control', 'no-store'];

describe('BEHAVIOURS 64: a decision may be used again', () => {
  test('to the end of the second in which it was made, by the same credential', () => {
    const fields = describeReuse(call(true, Number.POSITIVE_INFINITY), NOW, 'Origin');
    expect(fields).toEqual([
      'Cache-Control',
      'max-age=1, must-revalidate',
      'X-Accel-Expires',
      '@1700000000',
      'Vary',
      'Authorization, x-apikey, X-Forwarded-Method, X-Forwarded-Uri, X-Forwarded-Host, X-Forwarded-Proto, Sec-WebSocket-Key, Origin',
    ]);
    // nginx keeps nothing of which Vary is longer.
    expect((fields.at(-1) as string).length).toBeLessThanOrEqual(128);
  });

  test.each([
    ['a plugin must be asked each time', call(false, Number.POSITIVE_INFINITY)],
    ['the credential ends before the second does', call(true, NOW + 500)],
  ])('not where %s', (_why, one) => expect(describeReuse(one, NOW, null)).toEqual(NEVER));

  test('an open API’s as well', () => expect(describeReuse(call(true, null), NOW, null)[1]).toBe('max-age=1, must-revalidate'));
});
