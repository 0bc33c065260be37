/** What a gateway does without its database, and with a folder that has faults, also when it starts. */
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { until } from '../../../test/harness/installation.js';
import { Relay } from '../../../test/harness/relay.js';
import { callOnce, type GatewayProcess, makeGatewayProcess } from './gateway-process.js';

const GATEHOUSE = resolve(import.meta.dirname, '../../../bin/gatehouse.mjs');
const server = process.env.DATABASE_URL;
if (server) describe('a gateway of its own', () => survival(new Relay(new URL(server), 5_432)));
else test.skip('survival: a gateway of its own needs DATABASE_URL', () => undefined);

function survival(relay: Relay): void {
  let gateway: GatewayProcess;
  let token: string;
  let revoked: string;

  beforeAll(async () => {
    await relay.listen();
    gateway = await makeGatewayProcess();
    const url = new URL(gateway.databaseUrl);
    url.hostname = '127.0.0.1';
    url.port = String(relay.port);
    gateway.env.DATABASE_URL = url.href;
    await gateway.start();
    token = await gateway.issueToken('orders');
    revoked = await gateway.issueToken('orders');
    expect([await call(token), await call(revoked)]).toEqual([200, 200]);
  });
  afterAll(async () => {
    await gateway.stop();
    await relay.goAway();
  });

  const call = (secret: string) => callOnce(`${gateway.url}/orders/v1/echo`, { authorization: `Bearer ${secret}` });

  test('DESIGN 6: without the database it starts from the last good config on disk; known credentials go on, unknown ones get 503, never 401', async () => {
    const unknown = await gateway.issueToken('orders');
    expect(await gateway.end('SIGTERM')).toEqual([0, null]);
    await relay.goAway();
    await gateway.start();
    expect(await callOnce(`${gateway.url}/open/echo`)).toBe(200);
    const refused = await fetch(`${gateway.url}/orders/v1/echo`, { headers: { authorization: `Bearer ${unknown}` } });
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '2']);
    expect([await call(token), await call(revoked)]).toEqual([200, 200]);
    const readiness = await gateway.readiness();
    expect(readiness).toMatchObject({ code: 200, status: 'degraded' });
    expect(readiness.degraded).toContain('database');
  });

  test('DESIGN 6: a change of the folder waits for the database, and it recovers without a restart', async () => {
    gateway.writeConfig(
      'apis/later/api.yaml',
      `name: Later\nauth: none\nupstream: { url: "${gateway.upstreamUrl}" }\nroutes: [{ paths: [/later] }]\n`,
    );
    await until(() => gateway.output().includes('Config not reloaded'), 'the change was seen');
    expect(await callOnce(`${gateway.url}/later/echo`)).toBe(404);
    await gateway.sql(`BEGIN;
      DELETE FROM access_token WHERE hash = sha256('${revoked}');
      INSERT INTO change_event (txid, kind, subject_id)
      VALUES (pg_current_xact_id()::text::bigint, 'access_token', encode(sha256('${revoked}'), 'hex')); COMMIT`);
    await relay.listen();
    await until(async () => (await call(revoked)) === 401, 'what was revoked meanwhile is refused');
    expect(await call(token)).toBe(200);
    const unknown = await gateway.issueToken('orders');
    await until(async () => (await call(unknown)) === 200, 'credentials are looked up again');
    await until(async () => (await callOnce(`${gateway.url}/later/echo`)) === 200, 'the change came into force');
    await until(async () => (await gateway.readiness()).status === 'ready', 'nothing is amiss any more');
  });

  test('BEHAVIOURS 64: connections to the database that are dead without a word are given up: changes arrive again, and unknown credentials are looked up', async () => {
    const [gone, unknown] = [await gateway.issueToken('orders'), await gateway.issueToken('orders')];
    expect(await call(gone)).toBe(200);
    relay.muteOpen();
    await gateway.sql(`BEGIN;
      DELETE FROM access_token WHERE hash = sha256('${gone}');
      INSERT INTO change_event (txid, kind, subject_id)
      VALUES (pg_current_xact_id()::text::bigint, 'access_token', encode(sha256('${gone}'), 'hex')); COMMIT`);
    await until(async () => (await call(gone)) === 401, 'what was revoked is refused', 110_000);
    await until(async () => (await call(unknown)) === 200, 'credentials are looked up again');
    await until(async () => (await gateway.readiness()).status === 'ready', 'nothing is amiss any more');
  });

  test('DESIGN 6: killed, and started while the database is away, it does not serve what had been revoked since it last wrote what it knows', async () => {
    const [gone, kept] = [await gateway.issueToken('orders'), await gateway.issueToken('orders')];
    expect([await call(gone), await call(kept)]).toEqual([200, 200]);
    // What it knows is on disk.
    await gateway.end('SIGTERM');
    await gateway.start();
    await gateway.sql(`BEGIN;
      DELETE FROM access_token WHERE hash = sha256('${gone}');
      INSERT INTO change_event (txid, kind, subject_id)
      VALUES (pg_current_xact_id()::text::bigint, 'access_token', encode(sha256('${gone}'), 'hex')); COMMIT`);
    await until(async () => (await call(gone)) === 401, 'what was revoked is refused');
    await gateway.end('SIGKILL');
    await relay.goAway();
    await gateway.start();
    expect([await call(gone), await call(kept)]).toEqual([503, 200]);
    await relay.listen();
    await until(async () => (await call(gone)) === 401, 'it is looked up again');
    await until(async () => (await gateway.readiness()).status === 'ready', 'nothing is amiss any more');
  });

  test('BEHAVIOURS 97: on a folder with faults it starts from the last good config, and takes the folder once it is mended', async () => {
    await gateway.end('SIGTERM');
    gateway.writeConfig('plans/broken.yaml', 'nonsense: true\n');
    await gateway.start();
    expect(await callOnce(`${gateway.url}/later/echo`)).toBe(200);
    expect(await call(token)).toBe(200);
    expect((await gateway.readiness()).degraded).toEqual(['config-from-disk', 'config-refused']);
    expect(gateway.log().find(({ msg }) => String(msg).startsWith('Config refused'))).toMatchObject({
      faults: expect.stringContaining('plans/broken.yaml:1:1'),
    });
    gateway.writeConfig('plans/broken.yaml', null);
    await until(async () => (await gateway.readiness()).status === 'ready', 'the folder is in force');
  });

  test('`gatehouse config diff` says what a reload would change, and what exit codes say', async () => {
    const diff = () => spawnSync(process.execPath, [GATEHOUSE, 'config', 'diff'], { env: gateway.env, encoding: 'utf8' });
    await gateway.end('SIGTERM');
    expect(diff()).toMatchObject({ status: 0, stdout: 'A reload would change nothing.\n' });
    gateway.writeConfig('plans/fresh.yaml', 'name: Fresh\n');
    expect(diff()).toMatchObject({ status: 1, stdout: '+ plan fresh\n' });
    gateway.writeConfig('plans/fresh.yaml', 'nonsense: true\n');
    expect(diff()).toMatchObject({ status: 2, stderr: expect.stringContaining('plans/fresh.yaml:1:1') });
    gateway.writeConfig('plans/fresh.yaml', null);
  });

  test('without a last good config it refuses to start, and so it does under another secret', async () => {
    await gateway.end('SIGTERM');
    gateway.writeConfig('plans/broken.yaml', 'nonsense: true\n');
    const others: Record<string, string>[] = [
      { GATEHOUSE_DATA: `${gateway.env.GATEHOUSE_DATA}-none` },
      { GATEHOUSE_SECRET: 'another-secret-of-thirty-two-characters' },
    ];
    for (const other of others) {
      await expect(gateway.start(other)).rejects.toThrow(/The config in .* has 2 fault\(s\):\nplans\/broken\.yaml:1:1/);
      expect(gateway.child().exitCode).toBe(1);
    }
    gateway.writeConfig('plans/broken.yaml', null);
  });
}
