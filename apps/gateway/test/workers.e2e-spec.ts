/** A gateway of several worker processes (GATEWAY_WORKERS). */
import { spawnSync } from 'node:child_process';
import { createServer as createHttpServer, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { until } from '../../../test/harness/installation.js';
import { scrape } from './exposition.js';
import { callOnce, type GatewayProcess, makeGatewayProcess } from './gateway-process.js';
import { type RawClient, rawClient } from './gateway-under-test.js';

const GATEHOUSE = resolve(import.meta.dirname, '../../../bin/gatehouse.mjs');

test('everything in one process has no workers, and says so', () => {
  const { status, stderr } = spawnSync(process.execPath, [GATEHOUSE, 'start'], {
    env: { PATH: process.env.PATH, GATEWAY_WORKERS: '2', GATEHOUSE_DATA: join(import.meta.dirname, 'nowhere') },
    encoding: 'utf8',
  });
  expect(status).toBe(1);
  expect(stderr).toBe(
    'gatehouse: GATEWAY_WORKERS is for a gateway of its own (gatehouse gateway). Everything in one process has no workers: unset it, or set it to 1.\n',
  );
});

if (process.env.DATABASE_URL) describe('two workers on PostgreSQL', twoWorkers);
else test.skip('two workers: a gateway of its own needs DATABASE_URL', () => undefined);

function twoWorkers(): void {
  let gateway: GatewayProcess;

  beforeAll(async () => {
    gateway = await makeGatewayProcess({ env: { GATEWAY_WORKERS: '2' } });
    gateway.writeConfig(
      'apis/counted/api.yaml',
      `name: Counted\nauth: none\nupstream: { url: "${gateway.upstreamUrl}" }\nroutes: [{ paths: [/counted] }]\nplugins: [{ name: rate-limiting, config: { day: 30 } }]\n`,
    );
    await gateway.start();
  });
  afterAll(() => gateway.stop());

  /** Connections go to the workers in turn: some of them reach each. */
  const callEach = (path: string, headers: Record<string, string> = {}, count = 8): Promise<number | null>[] =>
    Array.from({ length: count }, () => callOnce(`${gateway.url}${path}`, headers));
  const callAll = (path: string, headers: Record<string, string> = {}, count = 8): Promise<(number | null)[]> =>
    Promise.all(callEach(path, headers, count));
  const all = (status: number, statuses: readonly (number | null)[]): boolean => statuses.every((one) => one === status);
  const upstreamApi = (id: string, url: string, settings: string): string =>
    `name: ${id}\nauth: none\nupstream: { url: "${url}", ${settings} }\nroutes: [{ paths: [/${id}] }]\n`;
  const pidOf = (worker: number): number =>
    gateway
      .log()
      .filter((line) => line.msg === 'Worker serves' && line.worker === worker)
      .at(-1)?.pid as number;

  /** Four event streams, two with each worker; and which of them ended. */
  const openStreams = async (): Promise<{ streams: RawClient[]; ends: boolean[] }> => {
    const streams: RawClient[] = [];
    for (let i = 0; i < 4; i++) {
      const stream = rawClient(Number(new URL(gateway.url).port));
      stream.send('GET /open/sse HTTP/1.1\r\nHost: x\r\n\r\n');
      await stream.waitFor(/data: 1/);
      streams.push(stream);
    }
    const ends = streams.map(() => false);
    streams.forEach(({ closed }, i) => void closed.then(() => (ends[i] = true)));
    return { streams, ends };
  };

  test('their lines carry their numbers', () => {
    const serving = gateway.log().filter(({ msg }) => msg === 'gateway serves');
    expect(serving.map(({ worker }) => worker).sort()).toEqual([1, 2, undefined]);
    expect(pidOf(1)).not.toBe(pidOf(2));
  });

  test('BEHAVIOURS 92: without Redis, limits are counted for all workers together, exactly', async () => {
    const statuses = await callAll('/counted/echo', {}, 60);
    expect(statuses.filter((status) => status === 200)).toHaveLength(30);
    expect(statuses.filter((status) => status === 429)).toHaveLength(30);
  });

  test('`maxConnections` holds for all workers together', async () => {
    const held: ServerResponse[] = [];
    let most = 0;
    const narrow = createHttpServer((_request, response) => {
      held.push(response);
      most = Math.max(most, held.length);
    });
    await new Promise<void>((done) => narrow.listen(0, '127.0.0.1', done));
    const url = `http://127.0.0.1:${(narrow.address() as AddressInfo).port}`;
    gateway.writeConfig('apis/narrow/api.yaml', upstreamApi('narrow', url, 'maxConnections: 4, waitTimeout: 60s'));
    await until(() => gateway.log().filter(({ msg }) => msg === 'Config followed').length >= 2, 'the config is in force');
    const calls = callEach('/narrow/x', {}, 12);
    await until(() => held.length === 4, 'as many calls as are let through have arrived');
    let answered = 0;
    for (const call of calls) void call.then(() => answered++);
    await until(() => {
      held.shift()?.end();
      return answered === 12;
    }, 'all are answered');
    expect(await Promise.all(calls)).toEqual(Array(12).fill(200));
    expect(most).toBe(4);
    narrow.closeAllConnections();
    narrow.close();
  });

  test('BEHAVIOURS 79: a circuit breaker that opens in one worker is open in all', async () => {
    const gone = 'http://127.0.0.1:9';
    gateway.writeConfig(
      'apis/broken/api.yaml',
      upstreamApi('broken', gone, 'retries: 0, circuitBreaker: { failures: 5, openFor: 1h, longestOpen: 1h }'),
    );
    const client = rawClient(Number(new URL(gateway.url).port));
    const answers = (): string[] => client.received().match(/HTTP\/1\.1 \d+/g) ?? [];
    // One connection, hence one worker.
    for (let sent = 0; !answers().includes('HTTP/1.1 503'); sent++) {
      client.send('GET /broken/x HTTP/1.1\r\nHost: x\r\n\r\n');
      await until(() => answers().length > sent, 'an answer');
    }
    expect(answers().filter((answer) => answer === 'HTTP/1.1 502')).toHaveLength(5);
    await until(async () => all(503, await callAll('/broken/x')), 'it is open in every worker');
    expect((await gateway.readiness()).degraded).toEqual(['upstream']);
    const metrics = await (await fetch(`${gateway.internal}/metrics`)).text();
    expect(metrics).toContain(`gatehouse_gateway_upstream_breaker_openings_total{upstream="${gone}"} 1\n`);
    client.socket.destroy();
    gateway.writeConfig('apis/broken', null);
    await until(async () => all(404, await callAll('/broken/x')), 'the API is gone');
  });

  test('health checks are made by one worker, and every worker goes by them', async () => {
    let health = 500;
    let checks = 0;
    const sick = createHttpServer((request, response) => {
      if (request.url === '/health') checks++;
      response.writeHead(request.url === '/health' ? health : 200).end();
    });
    await new Promise<void>((done) => sick.listen(0, '127.0.0.1', done));
    const url = `http://127.0.0.1:${(sick.address() as AddressInfo).port}`;
    const check = (interval: string): string =>
      upstreamApi('sick', url, `healthCheck: { path: /health, interval: ${interval}, timeout: 10s, healthyAfter: 1, unhealthyAfter: 1 }`);
    gateway.writeConfig('apis/sick/api.yaml', check('1h'));
    await until(async () => all(503, await callAll('/sick/x')), 'it is left out by every worker');
    expect(checks).toBe(1);
    gateway.writeConfig('apis/sick/api.yaml', check('100ms'));
    await until(() => checks > 2, 'it is checked more often');
    const pid = pidOf(2);
    process.kill(pid, 'SIGKILL');
    await until(() => pidOf(2) !== pid, 'a worker that does not check was replaced');
    await until(async () => all(503, await callAll('/sick/x')), 'the new one goes by them, too');
    health = 200;
    await until(async () => all(200, await callAll('/sick/x')), 'it is used by every worker');
    gateway.writeConfig('apis/sick', null);
    await until(async () => all(404, await callAll('/sick/x')), 'the API is gone');
    sick.closeAllConnections();
    sick.close();
  });

  test('BEHAVIOURS 97: a reload reaches all workers; a bad folder none of them, and /readyz names it', async () => {
    const api = `name: Open\nauth: none\nupstream: { url: "${gateway.upstreamUrl}" }\nroutes: [{ paths: [/opened] }]\n`;
    gateway.writeConfig('apis/new/api.yaml', api);
    await until(async () => all(200, await callAll('/opened/echo')), 'the new route serves in every worker');
    gateway.writeConfig('apis/new/api.yaml', 'name: Open\nauth: nobody\n');
    await until(async () => (await gateway.readiness()).degraded.includes('config-refused'), 'the folder is refused');
    expect(await gateway.readiness()).toMatchObject({ code: 200, status: 'degraded' });
    expect(await callAll('/opened/echo')).toEqual(Array(8).fill(200));
    gateway.writeConfig('apis/new', null);
    await until(async () => all(404, await callAll('/opened/echo')), 'the route is gone in every worker');
    await until(async () => (await gateway.readiness()).status === 'ready', 'nothing is refused any more');
  });

  test('a reload that could not be put in force shows at /metrics while it still cannot be', async () => {
    const failed = async (): Promise<number> => {
      const { samples } = await scrape(gateway.internal);
      return samples.find(({ name, labels }) => name === 'gatehouse_config_reloads_total' && labels.outcome === 'failed')?.value as number;
    };
    expect(await failed()).toBe(0);
    await gateway.sql('ALTER TABLE application_owner RENAME TO owner_away');
    gateway.writeConfig('apis/late/api.yaml', upstreamApi('late', gateway.upstreamUrl, 'retries: 0'));
    await until(async () => (await failed()) > 0, 'the failure is counted');
    await gateway.sql('ALTER TABLE owner_away RENAME TO application_owner');
    await until(async () => all(200, await callAll('/late/echo')), 'the route serves in every worker');
    gateway.writeConfig('apis/late', null);
    await until(async () => all(404, await callAll('/late/echo')), 'the route is gone in every worker');
  });

  test('BEHAVIOURS 64: a revocation reaches every worker', async () => {
    const token = await gateway.issueToken('orders');
    const headers = { authorization: `Bearer ${token}` };
    expect(await callAll('/orders/v1/echo', headers)).toEqual(Array(8).fill(200));
    await gateway.sql(
      `BEGIN; DELETE FROM access_token;
       INSERT INTO change_event (txid, kind, subject_id) SELECT pg_current_xact_id()::text::bigint, 'subscription', id::text FROM subscription; COMMIT`,
    );
    await until(async () => all(401, await callAll('/orders/v1/echo', headers)), 'the token is refused by every worker');
  });

  test('/metrics shows all workers together, whichever is asked', async () => {
    const read = async (): Promise<string> => (await fetch(`${gateway.internal}/metrics`)).text();
    const countOf = (text: string): number =>
      Number(/^gatehouse_gateway_calls_total\{api="both",[^}]*status="4xx"\} (\d+)$/m.exec(text)?.[1] ?? 0);
    expect(await callAll('/both/echo', {}, 10)).toEqual(Array(10).fill(401));
    await until(async () => countOf(await read()) === 10, 'all calls are counted');
    expect(countOf(await read())).toBe(10);
    // What belongs to the folder is not counted once for each worker.
    expect(await read()).toMatch(/^gatehouse_config_reloads_total\{outcome="refused"\} 1$/m);
  });

  test('kill -9 of a worker under load takes nothing from the counters of /metrics', async () => {
    const counts = async (): Promise<Map<string, number>> => {
      const { samples, types } = await scrape(gateway.internal);
      const typeOf = (name: string): string | undefined => types.get(name) ?? types.get(name.replace(/_(bucket|sum|count)$/, ''));
      return new Map(
        samples
          .filter(({ name }) => ['counter', 'histogram'].includes(typeOf(name) as string))
          .map(({ name, labels, value }) => [JSON.stringify([name, labels]), value]),
      );
    };
    gateway.writeConfig('apis/killed/api.yaml', upstreamApi('killed', gateway.upstreamUrl, 'retries: 0'));
    await until(async () => all(200, await callAll('/killed/echo')), 'the API serves in every worker');
    let before = await counts();
    const killed = pidOf(1);
    let loaded = true;
    const load = (async () => {
      while (loaded) await callAll('/killed/echo');
    })();
    process.kill(killed, 'SIGKILL');
    try {
      await until(async () => {
        // One that was asked of the killed worker gets no answer.
        const after = await counts().catch(() => null);
        if (after === null) return false;
        // What fractions add up to may differ by a hair.
        const lower = [...before].filter(([key, value]) => (after.get(key) ?? 0) < value - 1e-6);
        expect(lower.map(([key, value]) => `${key} was ${value}, is ${after.get(key)}`)).toEqual([]);
        before = after;
        return pidOf(1) !== killed;
      }, 'it was replaced');
    } finally {
      loaded = false;
      await load;
    }
  });

  test('kill -9 of a worker costs only the calls that are in flight on it, and it is replaced', async () => {
    const { streams, ends } = await openStreams();
    const killed = pidOf(1);
    process.kill(killed, 'SIGKILL');
    await until(() => ends.filter(Boolean).length === 2, 'its calls ended');
    const rest = streams.filter((_, i) => !ends[i]);
    const lengths = rest.map((stream) => stream.received().length);
    await until(() => rest.every((stream, i) => stream.received().length > (lengths[i] as number) + 50), 'the calls of the other go on');
    expect(await callAll('/open/echo')).toEqual(Array(8).fill(200));
    await until(() => pidOf(1) !== killed, 'it was replaced');
    expect(gateway.log().filter(({ msg }) => msg === 'A worker died; it is replaced')).toContainEqual(
      expect.objectContaining({ worker: 1, exitCode: null, signal: 'SIGKILL' }),
    );
    for (const stream of streams) stream.socket.destroy();
  });

  test('a connection that is handed to a worker when it is killed is served by another', async () => {
    const frozen = pidOf(1);
    process.kill(frozen, 'SIGSTOP');
    // In turn: one of them goes to the worker that stands still, and waits there.
    const calls = callEach('/open/echo', {}, 4);
    const answered: (number | null)[] = [];
    const others = calls.map((call) => call.then((status) => answered.push(status)));
    await until(() => answered.length === 3, 'the other worker answered');
    process.kill(frozen, 'SIGKILL');
    await Promise.all(others);
    expect(answered).toEqual([200, 200, 200, 200]);
    await until(() => pidOf(1) !== frozen, 'it was replaced');
  });

  test('a worker that hangs is killed and replaced; the calls that wait on it are cut, and none of the others', async () => {
    // The workers killed above had served for seconds: with one more, they would be a crash loop.
    expect(await gateway.end('SIGTERM')).toEqual([0, null]);
    await gateway.start();
    const { streams, ends } = await openStreams();
    const hanging = pidOf(2);
    process.kill(hanging, 'SIGSTOP');
    await until(() => pidOf(2) !== hanging, 'it was replaced', 120_000);
    expect(gateway.log().filter(({ msg }) => msg === 'A worker hangs; it is killed')).toEqual([
      expect.objectContaining({ worker: 2, pid: hanging }),
    ]);
    expect(ends.filter(Boolean)).toHaveLength(2);
    expect(await callAll('/open/echo')).toEqual(Array(8).fill(200));
    for (const stream of streams) stream.socket.destroy();
  });

  test('the internal port answers while a worker is replaced as it does else: what starts answers once it serves', async () => {
    const killed = pidOf(1);
    const statuses = new Set<number | null>();
    const engine = { 'x-forwarded-proto': 'https', 'x-forwarded-for': '198.51.100.7' };
    const ask = async (path: string): Promise<unknown> => statuses.add(await callOnce(`${gateway.internal}${path}`, engine));
    let asking = true;
    const load = (async () => {
      while (asking) await Promise.all(['/readyz', '/readyz', '/authz/call/open/x', '/authz/call/open/x'].map(ask));
    })();
    process.kill(killed, 'SIGKILL');
    await until(() => pidOf(1) !== killed, 'it was replaced').finally(() => {
      asking = false;
    });
    await load;
    // What was on its way to the one that was killed is lost.
    statuses.delete(null);
    expect(statuses).toEqual(new Set([200]));
  });

  test('BEHAVIOURS 96: SIGTERM lets every worker finish what is in flight, then the gateway ends with 0', async () => {
    const requests = async (): Promise<number> =>
      ((await (await fetch(`${gateway.upstreamUrl}/state`)).json()) as { requests: number }).requests;
    const before = await requests();
    const calls = callAll('/open/slow', {}, 6);
    await until(async () => (await requests()) >= before + 6, 'the calls are at the upstream');
    const ended = gateway.end('SIGTERM');
    expect(all(200, await calls)).toBe(true);
    expect(await ended).toEqual([0, null]);
    expect(await callOnce(`${gateway.url}/open/echo`)).toBeNull();
  });

  test('BEHAVIOURS 96: GATEWAY_DRAIN_DELAY: /readyz says 503 first, while calls are still taken, each the last of its connection', async () => {
    await gateway.start({ GATEWAY_DRAIN_DELAY: '10s', GATEWAY_WORKERS: '1' });
    const ended = gateway.end('SIGTERM');
    await until(async () => (await gateway.readiness()).code === 503, 'it says that it stops');
    const answer = await fetch(`${gateway.url}/open/echo`);
    expect([answer.status, answer.headers.get('connection')]).toEqual([200, 'close']);
    expect(await ended).toEqual([0, null]);
  });

  test('a crash loop ends the gateway with 1, and a line that says so', async () => {
    await gateway.start();
    const killed = new Set<number>();
    const exited = new Promise((done) => gateway.child().once('exit', (code) => done(code)));
    let ended = false;
    void exited.then(() => (ended = true));
    await until(
      () => {
        for (const { msg, pid } of gateway.log()) {
          if (msg !== 'Worker starts' || killed.has(pid as number)) continue;
          killed.add(pid as number);
          process.kill(pid as number, 'SIGKILL');
        }
        return ended;
      },
      'the gateway gave up',
      90_000,
    );
    expect(await exited).toBe(1);
    expect(gateway.log().at(-1)).toMatchObject({ level: 60, msg: expect.stringContaining('Workers of the gateway die') });
  });

  test('a worker that dies while the others still start is replaced, too', async () => {
    const starting = gateway.start();
    await until(() => pidOf(1) !== undefined, 'the first worker serves');
    const killed = pidOf(1);
    process.kill(killed, 'SIGKILL');
    await starting;
    await until(() => pidOf(1) !== killed, 'it was replaced');
    expect(await gateway.end('SIGTERM')).toEqual([0, null]);
  });

  test('BEHAVIOURS 96: a worker that does not stop is killed, so that the gateway ends in time and leaves no process', async () => {
    await gateway.start();
    const stuck = pidOf(1);
    process.kill(stuck, 'SIGSTOP');
    expect(await gateway.end('SIGTERM')).toEqual([0, null]);
    expect(() => process.kill(stuck, 0)).toThrow('ESRCH');
  });

  test('what keeps a worker from serving is said once', async () => {
    const other = createServer();
    await new Promise<void>((done) => other.listen(Number(new URL(gateway.url).port), done));
    await expect(gateway.start()).rejects.toThrow();
    other.close();
    const said = gateway
      .output()
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('{'));
    expect(said).toEqual([expect.stringMatching(/^gatehouse: Port \d+ is taken\. Stop what uses it, or set GATEWAY_PORT/)]);
    expect(gateway.child().exitCode).toBe(1);
  });
}
