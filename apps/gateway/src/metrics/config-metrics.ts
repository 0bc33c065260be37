import type { Registry } from '#config/registry-holder.js';
import { counter, gauge, type Metric } from './metric.js';

/** The config in force, and what became of its changes. */
export function configMetrics(registry: Pick<Registry, 'snapshot' | 'reloads'>): Metric[] {
  return [
    gauge(
      'gatehouse_config_info',
      'The config in force, by the beginning of its fingerprint; always 1.',
      () => [{ labels: { fingerprint: registry.snapshot.fingerprint.slice(0, 12) }, value: 1 }],
      'max',
    ),
    counter(
      'gatehouse_config_reloads_total',
      'Changes of the config folder: put in force (applied), with mistakes (refused), or good but not put in force (failed).',
      () => [
        { labels: { outcome: 'applied' }, value: registry.reloads.applied },
        { labels: { outcome: 'refused' }, value: registry.reloads.refused },
        { labels: { outcome: 'failed' }, value: registry.reloads.failed },
      ],
      // The process that follows the folder tells the others.
      'max',
    ),
  ];
}
