/**
 * Metrics as the gateway keeps them: numbers in plain fields, read only when somebody asks. prom-client's registry writes them out
 * beside its own, so its collectors, exposition and aggregation over processes apply.
 */
import type { Metric as PromMetric } from 'prom-client';
import type { BucketHistogram } from './bucket-histogram.js';

/** How the values of several worker processes become one; by the words of prom-client's aggregation. */
export type Combination = 'sum' | 'max' | 'min' | 'average' | 'first';

export type Labels = Readonly<Record<string, string | number>>;

export interface Sample {
  readonly labels: Labels;
  readonly value: number;
  /** Name of the line, where it is not the metric's own: `…_bucket`, `…_sum`, `…_count`. */
  readonly metricName?: string;
}

/** One name of the exposition. */
export interface Metric {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly combine: Combination;
  read(): Sample[];
}

/** What is counted up from the start of the process. */
export function counter(name: string, help: string, read: () => Sample[], combine: Combination = 'sum'): Metric {
  return { name, help, type: 'counter', combine, read };
}

export function gauge(name: string, help: string, read: () => Sample[], combine: Combination = 'sum'): Metric {
  return { name, help, type: 'gauge', combine, read };
}

export function histogram(name: string, help: string, read: () => Iterable<readonly [Labels, BucketHistogram]>): Metric {
  return {
    name,
    help,
    type: 'histogram',
    combine: 'sum',
    read: () => Array.from(read(), ([labels, values]) => histogramSamples(name, labels, values)).flat(),
  };
}

/** The one value of a metric without labels. */
export function only(value: number): Sample[] {
  return [{ labels: {}, value }];
}

function histogramSamples(name: string, labels: Labels, { bounds, counts, sum }: BucketHistogram): Sample[] {
  const samples: Sample[] = [];
  let total = 0;
  for (let i = 0; i < counts.length; i++) {
    total += counts[i] as number;
    samples.push({ metricName: `${name}_bucket`, labels: { ...labels, le: bounds[i] ?? '+Inf' }, value: total });
  }
  samples.push({ metricName: `${name}_sum`, labels, value: sum }, { metricName: `${name}_count`, labels, value: total });
  return samples;
}

/** The metric as prom-client's registry takes one: by `name` and `get`. */
export function asPromMetric({ name, help, type, combine, read }: Metric): PromMetric {
  const metric = { name, help, type, aggregator: combine, get: async () => ({ name, help, type, aggregator: combine, values: read() }) };
  return metric as unknown as PromMetric;
}
