/**
 * What `/metrics` shows. Flow: numbers in plain fields (call-series.ts, and those of the credential cache, pools, …) → `metrics`
 * functions that read them → prom-client's registry, which writes them out beside its own. A part that has something to show adds a
 * function beside these and a line to the list in data-plane.ts. On the call path nothing but call-recorder.ts is known of all this.
 */
import { collectDefaultMetrics, Registry } from 'prom-client';
import { asPromMetric, type Metric } from './metric.js';

/** @param process whether the metrics of the process itself (CPU, memory, event loop, garbage collection) are shown too */
export function createMetricsRegistry(metrics: readonly Metric[], { process = true } = {}): Registry {
  const registry = new Registry();
  for (const metric of metrics) registry.registerMetric(asPromMetric(metric));
  if (process) collectDefaultMetrics({ register: registry });
  return registry;
}
