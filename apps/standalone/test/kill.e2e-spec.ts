import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startInstallation, type TestInstallation } from '../../../test/harness/installation.js';

let gatehouse: TestInstallation;

beforeAll(async () => {
  gatehouse = await startInstallation();
});

afterAll(() => gatehouse.stop());

async function issueToken(): Promise<string> {
  const response = await fetch(`${gatehouse.urls.auth}/local/api/orders/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      grant_type: 'client_credentials',
      client_id: 'demo-orders',
      client_secret: 'demo-orders-secret',
      scope: 'read',
    }),
  });
  const body = (await response.json()) as { access_token: string };
  if (response.status !== 200) throw new Error(JSON.stringify(body));
  return body.access_token;
}

const call = async (token: string): Promise<number> => {
  const response = await fetch(`${gatehouse.urls.gateway}/orders/v1`, { headers: { authorization: `Bearer ${token}` } });
  return response.status;
};

describe('kill -9', () => {
  test('during load, then a restart: every acknowledged token still works', async () => {
    for (let round = 0; round < 2; round++) {
      const acknowledged: string[] = [];
      let stopped = false;
      const clients = Array.from({ length: 8 }, async () => {
        while (!stopped) {
          try {
            acknowledged.push(await issueToken());
          } catch (error) {
            // Only the kill itself may end a client.
            if (!stopped) throw error;
          }
        }
      });
      const killed = (async () => {
        while (acknowledged.length < 60) await new Promise((done) => setTimeout(done, 5));
        stopped = true;
        await gatehouse.end('SIGKILL');
      })();
      await Promise.all([killed, ...clients]);
      await gatehouse.start();

      const sample = acknowledged.filter((_, i) => i % Math.ceil(acknowledged.length / 50) === 0 || i >= acknowledged.length - 20);
      const statuses: number[] = [];
      // As many at once as the gateway looks up at once: one that waits too long is answered 503, which says nothing of its token.
      for (let at = 0; at < sample.length; at += 8) statuses.push(...(await Promise.all(sample.slice(at, at + 8).map(call))));
      expect(statuses).toEqual(sample.map(() => 200));
    }
  });
});
