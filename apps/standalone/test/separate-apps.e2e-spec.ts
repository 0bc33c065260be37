/** The three apps as processes of their own, as an operator runs them. They need a server that all can reach: DATABASE_URL. */

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { freePorts } from '../../../test/harness/free-port.js';
import { until } from '../../../test/harness/installation.js';
import { createTestDatabase, type TestDatabase } from '../../../test/harness/test-database.js';

const ROOT = resolve(import.meta.dirname, '../../..');
const GATEHOUSE = join(ROOT, 'bin/gatehouse.mjs');

const onServer = process.env.DATABASE_URL !== undefined;

if (!onServer) {
  test('separate apps refuse to start without DATABASE_URL', () => {
    const { status, stderr } = spawnSync(process.execPath, [GATEHOUSE, 'portal'], {
      env: {
        PATH: process.env.PATH,
        GATEHOUSE_CONFIG: join(ROOT, 'config'),
        GATEHOUSE_SECRET: 'a-secret-of-at-least-thirty-two-characters',
      },
      encoding: 'utf8',
    });
    expect(status).toBe(1);
    expect(stderr).toContain('DATABASE_URL is not set');
  });
} else {
  describe('separate apps on PostgreSQL', separateApps);
}

function separateApps(): void {
  let database: TestDatabase;
  let env: Record<string, string>;
  let ports: number[];
  const children = new Map<string, ChildProcess>();
  // An upstream that answers when the test says so.
  const waiting: (() => void)[] = [];
  const upstream = createServer((_request, response) => {
    waiting.push(() => response.end('done'));
  });

  beforeAll(async () => {
    database = await createTestDatabase('');
    ports = await freePorts(4);
    await new Promise<void>((done) => upstream.listen(0, '127.0.0.1', done));
    const [gateway, internal, auth, portal] = ports;
    env = {
      PATH: process.env.PATH ?? '',
      DATABASE_URL: database.url as string,
      GATEHOUSE_SECRET: 'a-secret-of-at-least-thirty-two-characters',
      GATEHOUSE_CONFIG: join(ROOT, 'config'),
      SAMPLE_UPSTREAM_URL: `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`,
      GATEWAY_PORT: String(gateway),
      GATEWAY_INTERNAL_PORT: String(internal),
      AUTH_SERVER_PORT: String(auth),
      PORTAL_PORT: String(portal),
      PUBLIC_GATEWAY_URL: `http://localhost:${gateway}`,
      PUBLIC_AUTH_URL: `http://localhost:${auth}`,
      PUBLIC_PORTAL_URL: `http://localhost:${portal}`,
    };
  });

  afterAll(async () => {
    for (const child of children.values()) child.kill('SIGKILL');
    upstream.close();
    upstream.closeAllConnections();
    await database.drop();
  });

  const run = (word: string) => spawnSync(process.execPath, [GATEHOUSE, word], { env, encoding: 'utf8', timeout: 100_000 });

  test('an old schema is refused, with the command to run; migrate brings it up to date, and says so the second time', () => {
    const refused = run('auth-server');
    expect(refused.status).toBe(1);
    expect(refused.stderr).toMatch(/lacks \d+ migration\(s\).*Run: gatehouse migrate/);
    const migrated = run('migrate');
    expect([migrated.status, migrated.stderr]).toEqual([0, '']);
    expect(migrated.stdout).toContain('Migrated: CreateUserAccount');
    expect(run('migrate').stdout).toBe('The schema is up to date.\n');
  });

  test('each app serves, and says so at /healthz', async () => {
    const [gateway, internal, auth, portal] = ports as [number, number, number, number];
    for (const name of ['auth-server', 'gateway', 'portal']) {
      const child = spawn(process.execPath, [GATEHOUSE, name], { env, stdio: ['ignore', 'inherit', 'pipe'] });
      children.set(name, child);
    }
    for (const port of [internal, auth, portal]) {
      await until(
        async () => (await fetch(`http://localhost:${port}/healthz`).catch(() => null))?.status === 200,
        `health on ${port}`,
        20_000,
      );
    }
    // 95: never on the gateway's public port.
    expect((await fetch(`http://localhost:${gateway}/healthz`)).status).toBe(404);
  });

  test('a token of the one is good at the other', async () => {
    const [gateway, , auth] = ports as [number, number, number];
    const issued = await fetch(`http://localhost:${auth}/local/api/orders/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        grant_type: 'client_credentials',
        client_id: 'demo-orders',
        client_secret: 'demo-orders-secret',
        scope: 'read',
      }),
    });
    expect(issued.status).toBe(200);
    const { access_token: token } = (await issued.json()) as { access_token: string };
    const called = fetch(`http://localhost:${gateway}/orders/v1`, { headers: { authorization: `Bearer ${token}` } });
    await until(() => waiting.length > 0, 'the call at the upstream');
    waiting.pop()?.();
    expect((await called).status).toBe(200);
  });

  test('96: SIGTERM finishes what is in flight, then the process ends by itself', async () => {
    const [gateway] = ports as [number];
    const open = fetch(`http://localhost:${gateway}/status/v1`);
    await until(() => waiting.length > 0, 'the call at the upstream');
    const child = children.get('gateway') as ChildProcess;
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    // A path without a route: a call to the upstream that got in just before the end would wait there.
    await until(async () => (await fetch(`http://localhost:${gateway}/nowhere`).catch(() => null)) === null, 'no new calls');
    waiting.pop()?.();
    expect(await (await open).text()).toBe('done');
    expect(await exited).toEqual([0, null]);
    for (const name of ['auth-server', 'portal']) {
      const other = children.get(name) as ChildProcess;
      other.kill('SIGTERM');
      expect(await once(other, 'exit')).toEqual([0, null]);
    }
  });
}
