import type { TargetState } from '../upstream/target/target-state.js';
import type { UpstreamPools } from '../upstream/upstream-pools.js';
import { counter, gauge, type Metric, type Sample } from './metric.js';

/** Connections to upstreams and what is known of these, by the origin of the configured URL. */
export function poolMetrics(pools: Pick<UpstreamPools, 'counts' | 'states'>): Metric[] {
  return [
    gauge(
      'gatehouse_gateway_upstream_connections',
      'Connections to an upstream: with a call on them (busy), and kept for the next (idle).',
      () => {
        const { busy, idle } = sums(pools);
        return [...samplesOf(busy, { state: 'busy' }), ...samplesOf(idle, { state: 'idle' })];
      },
    ),
    gauge('gatehouse_gateway_upstream_waiting', 'Calls that wait for a connection to an upstream.', () =>
      samplesOf(sums(pools).waiting, {}),
    ),
    counter('gatehouse_gateway_upstream_connections_opened_total', 'Connections that were opened to an upstream.', () =>
      samplesOf(sums(pools).opened, {}),
    ),
    gauge(
      'gatehouse_gateway_upstream_available',
      'Whether an upstream that is watched takes calls: 0 while its circuit breaker is open or its health checks fail; of several processes the least.',
      () => [...availability(pools.states)].map(([upstream, available]) => ({ labels: { upstream }, value: Number(available) })),
      'min',
    ),
    counter('gatehouse_gateway_upstream_breaker_openings_total', 'How often the circuit breaker of an upstream opened.', () =>
      samplesOf(openings(pools.states), {}),
    ),
  ];
}

/** Settings of several APIs may make several states of one upstream: one that is out is told. */
function availability(states: readonly TargetState[]): Map<string, boolean> {
  const available = new Map<string, boolean>();
  for (const state of states) available.set(state.origin, state.available && available.get(state.origin) !== false);
  return available;
}

function openings(states: readonly TargetState[]): ByOrigin {
  const counts: ByOrigin = new Map();
  for (const { origin, breaker } of states) if (breaker !== null) counts.set(origin, (counts.get(origin) ?? 0) + breaker.ejections);
  return counts;
}

type ByOrigin = Map<string, number>;

function sums(pools: Pick<UpstreamPools, 'counts'>): Record<'busy' | 'idle' | 'waiting' | 'opened', ByOrigin> {
  const totals: ReturnType<typeof sums> = { busy: new Map(), idle: new Map(), waiting: new Map(), opened: new Map() };
  for (const [origin, counts] of pools.counts()) {
    for (const name of ['busy', 'idle', 'waiting', 'opened'] as const)
      totals[name].set(origin, (totals[name].get(origin) ?? 0) + counts[name]);
  }
  return totals;
}

function samplesOf(byOrigin: ByOrigin, labels: Readonly<Record<string, string>>): Sample[] {
  return Array.from(byOrigin, ([upstream, value]) => ({ labels: { upstream, ...labels }, value }));
}
