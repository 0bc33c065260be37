/** Limits that several gateways share by a Redis server (REDIS_URL), and what they do without one. */

import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startInstallation, type TestInstallation, until } from '../../../test/harness/installation.js';
import { Relay } from '../../../test/harness/relay.js';

const gatehouses: TestInstallation[] = [];

const limitedApi = (path: string): string => `
name: Limited
auth: none
upstream: { url: "\${SAMPLE_UPSTREAM_URL}/status" }
routes: [{ paths: [${path}] }]
plugins: [{ name: rate-limiting, config: { day: 30 } }]
`;

const FILES = { 'apis/limited/api.yaml': limitedApi('/limited'), 'apis/other/api.yaml': limitedApi('/other') };

async function startTwo(env: Record<string, string>): Promise<void> {
  for (let i = 0; i < 2; i++) gatehouses.push(await startInstallation({ files: FILES, env }));
}

async function call(i: number, path = '/limited'): Promise<number> {
  return (await fetch(`${gatehouses[i % 2]?.urls.gateway}${path}`)).status;
}

async function callInParallel(count: number, path = '/limited'): Promise<{ passed: number; refused: number }> {
  const statuses = await Promise.all(Array.from({ length: count }, (_, i) => call(i, path)));
  return { passed: statuses.filter((status) => status === 200).length, refused: statuses.filter((status) => status === 429).length };
}

/** Waits until both gateways say at /readyz and in /metrics whether limits are shared. */
async function untilTold(shared: boolean): Promise<void> {
  for (const { urls } of gatehouses.slice(0, 2)) {
    await until(
      async () => {
        const { degraded } = (await (await fetch(`${urls.internal}/readyz`)).json()) as { degraded: string[] };
        const [, up] = /^gatehouse_gateway_redis_up (\d)$/m.exec(await (await fetch(`${urls.internal}/metrics`)).text()) ?? [];
        return degraded.includes('redis') !== shared && up === (shared ? '1' : '0');
      },
      `limits to be told as ${shared ? 'shared' : 'not shared'}`,
      15_000,
    );
  }
}

afterAll(async () => {
  for (const gatehouse of gatehouses) await gatehouse.stop();
});

function ownLimits(): void {
  beforeAll(() => startTwo({}));

  test('BEHAVIOURS 92: each gateway counts by itself, exactly, under parallel calls', async () => {
    expect(await callInParallel(80)).toEqual({ passed: 60, refused: 20 });
  });
}

function sharedLimits(relay: Relay): void {
  beforeAll(async () => {
    await relay.listen();
    // One root secret: two gateways of one installation.
    await startTwo({ REDIS_URL: `redis://127.0.0.1:${relay.port}`, GATEHOUSE_SECRET: randomBytes(32).toString('base64') });
  });

  afterAll(() => relay.goAway());

  test('BEHAVIOURS 92: two gateways count together, exactly, under parallel calls', async () => {
    expect(await callInParallel(60)).toEqual({ passed: 30, refused: 30 });
  });

  test('another installation on the same server counts by itself', async () => {
    const other = await startInstallation({ files: FILES, env: { REDIS_URL: `redis://127.0.0.1:${relay.port}` } });
    gatehouses.push(other);
    expect((await fetch(`${other.urls.gateway}/limited`)).status).toBe(200);
  });

  test('BEHAVIOURS 92: while Redis hangs limits hold per gateway, which says so; then counts are shared again', async () => {
    await untilTold(true);
    relay.fallSilent();
    expect(await callInParallel(80, '/other')).toEqual({ passed: 60, refused: 20 });
    await untilTold(false);
    relay.speak();
    await untilTold(true);
    // Of what was counted meanwhile nothing got there, nor did it wait to get there now.
    expect(await callInParallel(60, '/other')).toEqual({ passed: 30, refused: 30 });
  });

  test('while Redis is away calls go on, counted per process; then counts are shared again', async () => {
    await relay.goAway();
    expect([await call(0), await call(1)]).toEqual([200, 200]);
    expect(gatehouses[0]?.output()).toContain('limits hold per gateway process');
    await relay.listen();
    await untilTold(true);
    expect([await call(0), await call(1)]).toEqual([429, 429]);
  });
}

const redisUrl = process.env.REDIS_URL;
if (redisUrl) describe('limits on Redis', () => sharedLimits(new Relay(new URL(redisUrl), 6_379)));
else describe('limits without Redis', ownLimits);
