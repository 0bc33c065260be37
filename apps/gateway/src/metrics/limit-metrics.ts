import type { RedisCounterStore } from '../limits/redis-counter-store.js';
import { gauge, type Metric, only } from './metric.js';

/** @param redis null where there is none: then nothing is shown */
export function limitMetrics(redis: Pick<RedisCounterStore, 'failing'> | null): Metric[] {
  return [
    gauge(
      'gatehouse_gateway_redis_up',
      'With REDIS_URL: 1 while limits are counted for all gateways together, 0 while this one counts by itself; of several processes the least.',
      () => (redis === null ? [] : only(Number(!redis.failing))),
      'min',
    ),
  ];
}
