import type { ChangeFollower } from '../credential/change-follower.js';
import { counter, gauge, type Metric, only } from './metric.js';

/** How closely the gateway follows what changes about credentials. */
export function changeFeedMetrics(follower: Pick<ChangeFollower, 'age' | 'position' | 'changesRead' | 'failures'>): Metric[] {
  return [
    gauge(
      'gatehouse_gateway_change_feed_age_seconds',
      'Since the change feed was last read; of several processes the greatest.',
      () => only(follower.age / 1_000),
      'max',
    ),
    gauge(
      'gatehouse_gateway_change_feed_position',
      'Transaction of the database up to which changes are known; of several processes the least.',
      () => only(follower.position),
      'min',
    ),
    counter('gatehouse_gateway_changes_total', 'Changes that were read from the feed.', () => only(follower.changesRead)),
    counter('gatehouse_gateway_change_feed_failures_total', 'Readings of the change feed that failed.', () => only(follower.failures)),
  ];
}
