import type { CredentialResolver } from '../credential/credential-resolver.js';
import { counter, gauge, type Metric, only } from './metric.js';

/** The credentials in memory, and the look-ups of those that are not. */
export function credentialMetrics({ counts, cache, gate }: Pick<CredentialResolver, 'counts' | 'cache' | 'gate'>): Metric[] {
  return [
    counter(
      'gatehouse_gateway_credential_resolutions_total',
      'Credentials of calls: found in memory (hit), known not to exist (negative_hit), or neither (miss).',
      () => [
        { labels: { result: 'hit' }, value: counts.hits },
        { labels: { result: 'negative_hit' }, value: counts.negativeHits },
        { labels: { result: 'miss' }, value: counts.misses },
      ],
    ),
    gauge(
      'gatehouse_gateway_credential_cache_entries',
      'Credentials in memory: good ones (known), and ones that do not exist (unknown).',
      () => [
        { labels: { kind: 'known' }, value: cache.size },
        { labels: { kind: 'unknown' }, value: cache.unknownSize },
      ],
    ),
    counter('gatehouse_gateway_credential_cache_evictions_total', 'Good credentials that left memory to make room.', () =>
      only(cache.evictions),
    ),
    gauge('gatehouse_gateway_credential_lookups', 'Look-ups in the database now: running, and waiting for their turn.', () => [
      { labels: { state: 'running' }, value: gate.running },
      { labels: { state: 'waiting' }, value: gate.waiting },
    ]),
    counter(
      'gatehouse_gateway_credential_lookup_failures_total',
      'Look-ups that were not let in because too many wait (refused), or took too long (late).',
      () => [
        { labels: { reason: 'refused' }, value: gate.refused },
        { labels: { reason: 'late' }, value: gate.late },
      ],
    ),
  ];
}
