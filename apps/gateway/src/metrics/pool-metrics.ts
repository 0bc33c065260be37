import type { UpstreamPools } from '../upstream/upstream-pools.js';
import { counter, gauge, type Metric, type Sample } from './metric.js';

/** Connections to upstreams, by the origin of the configured URL. */
export function poolMetrics(pools: Pick<UpstreamPools, 'counts'>): Metric[] {
  return [
    gauge(
      'gatehouse_gateway_upstream_connections',
      'Connections to an upstream: with a call on them (busy), and kept for the next (idle).',
      () => {
        const { busy, idle } = sums(pools);
        return [...samplesOf(busy, { state: 'busy' }), ...samplesOf(idle, { state: 'idle' })];
      },
    ),
    counter('gatehouse_gateway_upstream_connections_opened_total', 'Connections that were opened to an upstream.', () =>
      samplesOf(sums(pools).opened, {}),
    ),
  ];
}

type ByOrigin = Map<string, number>;

function sums(pools: Pick<UpstreamPools, 'counts'>): { busy: ByOrigin; idle: ByOrigin; opened: ByOrigin } {
  const totals = { busy: new Map<string, number>(), idle: new Map<string, number>(), opened: new Map<string, number>() };
  for (const [origin, counts] of pools.counts()) {
    for (const name of ['busy', 'idle', 'opened'] as const) totals[name].set(origin, (totals[name].get(origin) ?? 0) + counts[name]);
  }
  return totals;
}

function samplesOf(byOrigin: ByOrigin, labels: Readonly<Record<string, string>>): Sample[] {
  return Array.from(byOrigin, ([upstream, value]) => ({ labels: { upstream, ...labels }, value }));
}
