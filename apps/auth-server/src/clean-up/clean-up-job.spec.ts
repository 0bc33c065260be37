import { expect, test } from '@jest/globals';
import type { Registry } from '#config/registry-holder.js';
import type { EventLogStore } from '#persistence/audit/event-log.store.js';
import type { ExpiredRowsStore, ExpiringTable } from '#persistence/token/expired-rows.store.js';
import type { Logger } from '#process/logger.js';
import { CleanUpJob } from './clean-up-job.js';

test('a backlog greater than what one round takes away is worked off without a pause, and every table has its turn', async () => {
  const left = new Map<ExpiringTable, number>([
    ['authorization_code', 70],
    ['refresh_token', 1],
  ]);
  const order: ExpiringTable[] = [];
  const job = await new Promise<CleanUpJob>((done) => {
    const rows: Pick<ExpiredRowsStore, 'tables' | 'truncateExpired' | 'deleteBatch'> = {
      tables: [...left.keys()],
      truncateExpired: async () => 0,
      deleteBatch: async (table) => {
        order.push(table);
        const batches = (left.get(table) as number) - 1;
        left.set(table, Math.max(batches, 0));
        if (left.get('authorization_code') === 0) done(cleaning);
        return { count: 1_000, more: batches > 0 };
      },
    };
    const logs = { deleteOldest: async () => false } as unknown as EventLogStore;
    const registry = { snapshot: { auditRetention: 1 } } as Registry;
    const cleaning = new CleanUpJob(rows as ExpiredRowsStore, logs, { longestTokenLife: async () => 0 }, registry, {} as Logger);
    cleaning.onApplicationBootstrap();
  });
  await job.onApplicationShutdown();
  expect(order.filter((table) => table === 'authorization_code')).toHaveLength(70);
  expect(order.indexOf('refresh_token')).toBe(20);
});
