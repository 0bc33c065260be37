import { performance } from 'node:perf_hooks';
import { gauge, type Metric, only } from './metric.js';

/** How busy the one thread is that serves calls; prom-client's own metrics say how late it is. */
export function eventLoopMetrics(): Metric[] {
  let before = performance.eventLoopUtilization();
  return [
    gauge(
      'gatehouse_gateway_event_loop_utilization',
      'Share of the time since the last scrape in which the event loop was busy; of several processes the mean.',
      () => {
        const now = performance.eventLoopUtilization();
        const { utilization } = performance.eventLoopUtilization(now, before);
        before = now;
        return only(utilization);
      },
      'average',
    ),
  ];
}
