import { afterEach, expect, test } from '@jest/globals';
import pg from 'pg';
import { until } from '../../../test/harness/installation.js';
import { type GatewayUnderTest, namedFields, rawClient, startGatewayUnderTest } from './gateway-under-test.js';

let gateway: GatewayUnderTest;
afterEach(() => gateway?.stop());

const wait = (ms: number) => new Promise((done) => setTimeout(done, ms));

test('BEHAVIOURS 97: a reload is atomic per call: calls in flight end on what they began with, none is lost', async () => {
  gateway = await startGatewayUnderTest();
  const stream = rawClient(gateway.port);
  stream.send('GET /open/sse HTTP/1.1\r\nHost: x\r\n\r\n');
  await stream.waitFor(/data: 1/);
  const statuses: number[] = [];
  let calling = true;
  const load = (async () => {
    while (calling) statuses.push((await fetch(`${gateway.url}/reports/echo`, { headers: { 'x-apikey': 'shop-key' } })).status);
  })();
  gateway.installation.writeConfig(
    'apis/open/api.yaml',
    `name: Open
auth: none
upstream: { url: "${gateway.upstreamUrl}" }
routes:
  - { paths: [/opened] }
`,
  );
  await until(async () => (await fetch(`${gateway.url}/opened/echo`)).status === 200, 'the new route serves', 10_000);
  expect((await fetch(`${gateway.url}/open/echo`)).status).toBe(404);
  const received = stream.received().length;
  await until(() => stream.received().length > received + 100, 'the old call goes on');
  stream.socket.destroy();
  calling = false;
  await load;
  expect(new Set(statuses)).toEqual(new Set([200]));
});

test('BEHAVIOURS 96: on SIGTERM calls in flight are finished, new connections refused', async () => {
  gateway = await startGatewayUnderTest();
  const client = rawClient(gateway.port);
  client.send('GET /open/slow HTTP/1.1\r\nHost: x\r\n\r\n');
  await until(async () => (await gateway.sight()).requests > 0, 'the upstream was asked');
  const ended = gateway.installation.end('SIGTERM');
  const { text } = await client.closed;
  expect(text).toMatch(/^HTTP\/1\.1 200 /);
  expect(text).toContain('Connection: close\r\n');
  expect(text).toContain('{"slow":true}');
  expect(await ended).toBe(0);
  await expect(fetch(`${gateway.url}/open/echo`)).rejects.toThrow();
});

test('BEHAVIOURS 71: what trusted proxies say counts, and the client is the rightmost untrusted address', async () => {
  gateway = await startGatewayUnderTest({
    files: {
      'gatehouse.yaml':
        'title: T\npublicUrls: { gateway: http://localhost:8000, auth: http://localhost:8010, portal: http://localhost:8020 }\n' +
        'portal: { authMethods: [local], signup: false }\ntrustedProxies: [127.0.0.0/8, "::1"]\n' +
        'initialUsers:\n  - { email: ann@example.com, password: "correct horse battery", groups: [partners], validated: true }\n',
    },
  });
  const call = (client: string) =>
    fetch(`${gateway.url}/open/limited/echo`, {
      headers: { 'x-forwarded-for': `6.6.6.6, ${client}, 127.0.0.9`, 'x-forwarded-proto': 'https' },
    });
  expect((await call('203.0.113.1')).status).toBe(200);
  expect(await gateway.seenFields()).toMatchObject({
    'x-forwarded-for': expect.stringMatching(/^6\.6\.6\.6, 203\.0\.113\.1, 127\.0\.0\.9, (127\.0\.0\.1|::1)$/),
    'x-forwarded-proto': 'https',
    'x-forwarded-port': expect.any(String),
  });
  expect((await call('203.0.113.1')).status).toBe(200);
  expect((await call('203.0.113.1')).status).toBe(429);
  expect((await call('203.0.113.2')).status).toBe(200);
});

test('BEHAVIOURS 84: a connection that the upstream closed while it was idle costs no call', async () => {
  gateway = await startGatewayUnderTest();
  for (let i = 0; i < 3; i++) {
    const answers = await Promise.all(Array.from({ length: 20 }, () => fetch(`${gateway.url}/open/echo`)));
    expect(answers.map((answer) => answer.status)).toEqual(Array(20).fill(200));
    await gateway.restartUpstream();
  }
});

const server = process.env.DATABASE_URL;
(server ? test : test.skip)(
  'DESIGN 6, BEHAVIOURS 95, database down: ready, known credentials go on to work, unknown ones get 503, never 401',
  async () => {
    gateway = await startGatewayUnderTest();
    const { url, installation } = gateway;
    const known = await gateway.issueToken('orders');
    const unknown = await gateway.issueToken('orders');
    const call = (token: string) => fetch(`${url}/orders/v1/echo`, { headers: { authorization: `Bearer ${token}` } });
    expect((await call(known)).status).toBe(200);

    const database = new URL(installation.env.DATABASE_URL as string).pathname.slice(1);
    const admin = new pg.Client({ connectionString: server });
    await admin.connect();
    const allow = (allowed: boolean) => admin.query(`ALTER DATABASE ${database} ALLOW_CONNECTIONS ${allowed}`);
    try {
      await allow(false);
      await admin.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1`, [database]);
      await wait(100);
      const refused = await call(unknown);
      expect(refused.status).toBe(503);
      expect(namedFields([...refused.headers].flat())).toMatchObject({ 'retry-after': '2', 'content-type': 'application/problem+json' });
      expect((await call(known)).status).toBe(200);
      expect((await fetch(`${url}/open/echo`)).status).toBe(200);
      const readiness = async () => {
        const answer = await fetch(`${installation.urls.internal}/readyz`);
        return { code: answer.status, degraded: ((await answer.json()) as { degraded: string[] }).degraded };
      };
      await until(async () => (await readiness()).degraded.includes('database'), 'it is known that the database is away');
      expect((await readiness()).code).toBe(200);
      await allow(true);
      await until(async () => (await call(unknown)).status === 200, 'unknown credentials are looked up again', 10_000);
      await installation.sql(
        `BEGIN; DELETE FROM access_token;
       INSERT INTO change_event (txid, kind, subject_id) SELECT pg_current_xact_id()::text::bigint, 'subscription', id::text FROM subscription; COMMIT`,
      );
      await until(async () => (await call(known)).status === 401, 'changes are followed again');
    } finally {
      await allow(true);
      await admin.end();
    }
  },
);
