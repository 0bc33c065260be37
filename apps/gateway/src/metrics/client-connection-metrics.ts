import type { ClientConnections } from '../transport/client-connections.js';
import { counter, gauge, type Metric, only } from './metric.js';

/** Connections of clients to the public port. */
export function clientConnectionMetrics(connections: Pick<ClientConnections, 'open' | 'refused' | 'slow'>): Metric[] {
  return [
    gauge('gatehouse_gateway_client_connections', 'Connections of clients, WebSockets among them.', () => only(connections.open)),
    counter(
      'gatehouse_gateway_client_connections_refused_total',
      'Connections that were closed at once: too many in all, or of one address.',
      () => [
        { labels: { limit: 'total' }, value: connections.refused.total },
        { labels: { limit: 'address' }, value: connections.refused.address },
      ],
    ),
    counter(
      'gatehouse_gateway_client_connections_slow_total',
      'Connections that were broken off because the client took what was written too slowly.',
      () => only(connections.slow),
    ),
  ];
}
