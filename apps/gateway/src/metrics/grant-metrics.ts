import type { SignedGrants } from '../credential/grants/signed-grants.js';
import { gauge, type Metric, only } from './metric.js';

/** What signed tokens hang on, as far as it is in memory. */
export function grantMetrics(grants: Pick<SignedGrants, 'counts' | 'complete'>): Metric[] {
  return [
    gauge(
      'gatehouse_gateway_signed_grants',
      'What signed tokens hang on, in memory: subscriptions, families that were revoked, people who changed, and what is to be read again (doubts).',
      () => Object.entries(grants.counts).map(([kind, value]) => ({ labels: { kind }, value })),
    ),
    gauge(
      'gatehouse_gateway_signed_grants_complete',
      'Whether all of that is in memory, so that a new signed token needs no look-up: 1; of several processes the least.',
      () => only(grants.complete ? 1 : 0),
      'min',
    ),
  ];
}
