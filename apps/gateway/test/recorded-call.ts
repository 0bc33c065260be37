import type { CallRecord } from '../src/call/call-record.js';
import { ApiSeries, RouteSeries } from '../src/metrics/call-series.js';

/** A call that went well, with some things otherwise. */
export function recordedCall(otherwise: Partial<CallRecord> = {}): CallRecord {
  return {
    method: 'GET',
    path: '/orders/v1/7',
    query: '',
    host: 'api.example',
    clientAddress: '192.0.2.1',
    route: { api: { id: 'orders' }, series: new RouteSeries(new ApiSeries('orders'), '/orders/v1') },
    credential: null,
    correlationId: 'abc-123',
    correlationIdGiven: true,
    requestHeader: () => undefined,
    trace: null,
    startedAt: 1_000,
    upstreamAt: 1_001.5,
    answeredAt: 1_011.75,
    status: 200,
    ownAnswer: '',
    cutBy: '',
    bytesIn: 0,
    bytesOut: 12,
    ...otherwise,
  };
}
