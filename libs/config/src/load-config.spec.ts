import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { loadConfig } from './load-config.js';
import type { RegistrySnapshot } from './registry.js';

const EXAMPLE = join(import.meta.dirname, '../../../config');

async function loadExample(variables: NodeJS.ProcessEnv = {}): Promise<RegistrySnapshot> {
  const outcome = await loadConfig(EXAMPLE, variables);
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.faults));
  return outcome.snapshot;
}

test('H: the example folder declares APIs, plans, auth methods and applications without a click', async () => {
  const snapshot = await loadExample();
  expect([...snapshot.apis.keys()]).toEqual(['orders', 'reports', 'status', 'stock']);
  expect([...snapshot.plans.keys()]).toEqual(['basic', 'partner', 'unlimited']);
  expect([...snapshot.authMethods.keys()]).toEqual(['employees', 'local']);
  expect(snapshot.declared.applications.map(({ id }) => id)).toEqual(['demo-shop', 'pocket-orders']);
  expect(snapshot.apis.get('orders')).toMatchObject({
    auth: ['oauth2'],
    authMethods: ['local', 'employees'],
    oauth2: { accessTokenTtl: 3600, refreshTokenTtl: 14 * 86_400, grants: ['authorization_code', 'refresh_token', 'client_credentials'] },
    upstream: {
      targets: [{ url: 'http://127.0.0.1:8090/orders', weight: 1 }],
      balance: 'weighted',
      connectTimeout: 5_000,
      firstByteTimeout: 30_000,
      idleTimeout: 30_000,
      totalTimeout: 0,
      retries: 1,
      circuitBreaker: null,
      healthCheck: null,
    },
  });
  expect([...(snapshot.apis.get('orders')?.oauth2?.scopes ?? [])][0]).toEqual(['read', 'Read your orders']);
  expect(snapshot.apis.get('status')).toMatchObject({ auth: [], oauth2: null, plans: [] });
});
