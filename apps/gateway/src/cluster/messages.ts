/** What the primary process and its workers tell one another. */
import type { MetricObjectWithValues, MetricValueWithName } from 'prom-client';
import type { ReloadCounts } from '#config/registry-holder.js';
import type { ConfigCondition } from '#installation/config-state.js';
import type { PemPair, SharedCertificates } from '../data-plane/tls-certificates.js';
import type { TargetNews } from '../upstream/upstream-peers.js';

/** Scopes that a service of the operator's listed, by its URL. */
export type LookedUp = readonly [url: string, scopes: readonly (readonly [string, string])[]];

/** The metrics of one process. */
export type ProcessMetrics = readonly MetricObjectWithValues<MetricValueWithName<string>>[];

export type ToWorker =
  /** The config to put in force: its source, secrets included, and what it is called in the answer. */
  | ({
      readonly kind: 'config';
      readonly source: string;
      readonly lookedUp: readonly LookedUp[];
      readonly fingerprint: string;
    } & ConfigReport)
  /** For one that starts: what the workers have in common at the public port, keys included. */
  | { readonly kind: 'public-port'; readonly certificates: Omit<SharedCertificates, 'keep'> }
  | ({ readonly kind: 'condition' } & ConfigReport)
  /** Tells it to stop, while the others go on. */
  | { readonly kind: 'retire' }
  /** Asks for a sign of life. */
  | { readonly kind: 'beat' }
  /** Asks for the metrics of the process. */
  | { readonly kind: 'measure'; readonly ask: number }
  /** Answers `expose`: the exposition of all workers' metrics; null: it could not be made. */
  | { readonly kind: 'exposition'; readonly ask: number; readonly text: string | null }
  /** What another worker found out. */
  | { readonly kind: 'target-news'; readonly news: TargetNews }
  /** Answers a `count`: per key the count, and the milliseconds until its window ends. */
  | { readonly kind: 'counts'; readonly ask: number; readonly counts: readonly number[]; readonly resets: readonly number[] };

/** How the primary's config stands to its folder, and what became of the folder's changes. */
export interface ConfigReport {
  readonly condition: ConfigCondition;
  readonly reloads: ReloadCounts;
}

export type ToPrimary =
  /** Asks for `config` and `public-port`, in that order. */
  | { readonly kind: 'hello' }
  | { readonly kind: 'serving' }
  /** Answers `beat`. */
  | { readonly kind: 'alive' }
  /** The config of that name is in force. */
  | { readonly kind: 'follows'; readonly fingerprint: string }
  /** These certificates came into force. */
  | { readonly kind: 'certificates'; readonly pairs: readonly PemPair[] }
  /** For the other workers. */
  | { readonly kind: 'target-news'; readonly news: TargetNews }
  /** Why it cannot serve. */
  | { readonly kind: 'fault'; readonly message: string }
  /** Answers `measure`. */
  | { readonly kind: 'metrics'; readonly ask: number; readonly metrics: ProcessMetrics }
  /** Asks for the metrics of all workers. */
  | { readonly kind: 'expose'; readonly ask: number }
  /** Adds one to each of these counters, and reads them. */
  | { readonly kind: 'count'; readonly ask: number; readonly keys: readonly string[]; readonly windows: readonly number[] };
