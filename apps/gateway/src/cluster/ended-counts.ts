import type { ProcessMetrics } from './messages.js';

type Metric = ProcessMetrics[number];
type Value = Metric['values'][number];

/** What of these stays true when their process is silent or gone. Gauges say how things are; what is not summed up the others say, too. */
export function countsOf(metrics: ProcessMetrics): ProcessMetrics {
  // prom-client's types have an enum where its JSON has the type's name.
  return metrics.filter(({ type, aggregator }) => aggregator === 'sum' && ['counter', 'histogram'].includes(String(type)));
}

/**
 * What the workers counted that have ended, added up: a counter that went down would be taken for one that began anew. Its size is
 * that of one worker's metrics, whose labels come from the config, however many workers end.
 */
export class EndedCounts {
  readonly #metrics = new Map<string, { readonly metric: Metric; readonly values: Map<string, Value> }>();

  /** @param last what the worker told of itself at last */
  add(last: ProcessMetrics): void {
    for (const metric of countsOf(last)) {
      let sums = this.#metrics.get(metric.name);
      if (sums === undefined) {
        sums = { metric, values: new Map() };
        this.#metrics.set(metric.name, sums);
      }
      for (const value of metric.values) {
        const key = JSON.stringify([value.metricName, value.labels]);
        sums.values.set(key, { ...value, value: (sums.values.get(key)?.value ?? 0) + value.value });
      }
    }
  }

  get metrics(): ProcessMetrics {
    return Array.from(this.#metrics.values(), ({ metric, values }) => ({ ...metric, values: [...values.values()] }));
  }
}
