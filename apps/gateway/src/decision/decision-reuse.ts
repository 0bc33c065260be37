/**
 * For how long an engine may answer the same question by the same decision. Not past the end of the second in which it was made: so
 * caching adds less than a second to the time in which a revocation arrives (BEHAVIOURS 64).
 */
import type { GatewayCall } from '../call/gateway-call.js';

/** The decision follows from these, and from what plugins name beside them; an engine that keeps it must tell by them. A WebSocket's key is its alone. */
const FOLLOWS_FROM = ['X-Forwarded-Method', 'X-Forwarded-Uri', 'X-Forwarded-Host', 'X-Forwarded-Proto', 'Sec-WebSocket-Key'];

/**
 * @param now milliseconds since the epoch
 * @param vary what plugins named; null: nothing
 * @returns flat names and values of the fields that say it
 */
export function describeReuse(call: Pick<GatewayCall, 'chain' | 'credential' | 'table'>, now: number, vary: string | null): string[] {
  const second = Math.floor(now / 1_000);
  const endsInTime = call.credential === null || call.credential.expiresAt >= (second + 1) * 1_000;
  // A plugin that counts or looks at more than the request must be asked each time.
  if (!call.chain.repeatable || !endsInTime) return ['Cache-Control', 'no-store'];
  return [
    // RFC 9111 §3.5: with `must-revalidate` a shared cache may keep the answer to a request with Authorization.
    'Cache-Control',
    'max-age=1, must-revalidate',
    // nginx reckons in whole seconds: `max-age=1` could be two. This names the last second in which it may use the answer.
    'X-Accel-Expires',
    `@${second}`,
    // One line, credentials first: of several nginx reads one, and by Vary it keeps no credential but a hash of it.
    'Vary',
    ['Authorization', call.table.apiKeyHeader, ...FOLLOWS_FROM, ...(vary === null ? [] : [vary])].join(', '),
  ];
}
