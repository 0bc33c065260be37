/** nginx, HAProxy and Caddy in front of a gateway that decides (docs/engines.md), with the configurations in deploy/engines. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { freePorts } from '../../../../test/harness/free-port.js';
import { until } from '../../../../test/harness/installation.js';
import { type GatewayUnderTest, namedFields, rawClient, startGatewayUnderTest } from '../gateway-under-test.js';
import { type Engine, type EngineName, installed, startEngine } from './engine.js';

const run = promisify(execFile);
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const ENGINES = ['nginx', 'haproxy', 'caddy'] as const;
const APIS = ['orders', 'open', 'both', 'reports', 'gone'];

let gateway: GatewayUnderTest;
beforeAll(async () => {
  const open = readFileSync(join(import.meta.dirname, '../config/apis/open/api.yaml'), 'utf8');
  const limited = ENGINES.map((name) => `  - { paths: [/open/${name}], plugins: [{ name: rate-limiting, config: { minute: 2 } }] }\n`);
  gateway = await startGatewayUnderTest({ files: { 'apis/open/api.yaml': open + limited.join('') } });
});
afterAll(() => gateway.stop());

interface Echo {
  readonly method: string;
  readonly url: string;
  readonly rawHeaders: string[];
  readonly body: string;
}

const hostOf = (url: string): string => new URL(url).host.replace('localhost', '127.0.0.1');
const start = (name: EngineName, decisions = hostOf(gateway.installation.urls.internal)): Promise<Engine> =>
  startEngine(name, { gateway: decisions, upstreams: Object.fromEntries(APIS.map((api) => [api, hostOf(gateway.upstreamUrl)])) });

describe.each(ENGINES)('%s in front', (name) => {
  if (!installed(name)) {
    test.skip(`${name} is not installed`, () => undefined);
    return;
  }
  let engine: Engine;
  beforeAll(async () => {
    engine = await start(name);
  });
  afterAll(() => engine?.stop());
  const call = (path: string, options: RequestInit = {}): Promise<Response> => fetch(engine.url + path, options);
  const seen = async (response: Response): Promise<Record<string, string>> => namedFields(((await response.json()) as Echo).rawHeaders);

  test('E, DESIGN 6: a call with a token reaches its upstream, which learns who calls', async () => {
    const token = await gateway.issueToken('orders', { scopes: ['read'], person: 'ann@example.com' });
    const response = await call('/orders/v1/./echo?a=b&a=%20c', { headers: bearer(token) });
    expect(response.status).toBe(200);
    const echo = (await response.json()) as Echo;
    expect([echo.method, echo.url]).toEqual(['GET', '/base/echo?a=b&a=%20c']);
    const fields = namedFields(echo.rawHeaders);
    expect(fields).toMatchObject({
      host: hostOf(gateway.upstreamUrl),
      'x-consumer-id': 'shop',
      'x-consumer-username': 'shop$orders',
      'x-credential-identifier': 'shop-orders',
      'x-authenticated-scope': 'read wicked:partners',
      'x-authenticated-userid': expect.stringMatching(/^sub=/),
      'x-plan-id': 'unlimited',
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'http',
      'x-forwarded-host': `127.0.0.1:${engine.port}`,
      'x-forwarded-prefix': '/orders/v1',
    });
    // BEHAVIOURS 63, 93
    expect(fields.authorization).toBeUndefined();
    expect(response.headers.get('x-correlation-id')).toBe(fields['x-correlation-id']);
    expect([...response.headers.keys()].filter((field) => field.startsWith('x-gatehouse'))).toEqual([]);
  });

  test('BEHAVIOURS 63: a key calls its API, and the upstream never sees it', async () => {
    const response = await call('/reports/echo', { headers: { 'x-apikey': 'shop-key' } });
    expect(response.status).toBe(200);
    const fields = await seen(response);
    expect(fields).toMatchObject({ 'x-consumer-id': 'shop' });
    expect(fields['x-apikey']).toBeUndefined();
    const open = await seen(await call('/open/echo', { headers: { authorization: 'Basic abc' } }));
    expect(open.authorization).toBe('Basic abc');
  });

  test('BEHAVIOURS 70: whatever a caller says of itself is gone, in every spelling', async () => {
    const spoofed = {
      'x-consumer-id': 'admin',
      'X-CONSUMER-CUSTOM-ID': 'admin',
      x_consumer_id: 'admin',
      X_Authenticated_Userid: 'sub=admin',
      'x-authenticated-userid': 'sub=admin',
      'x-authenticated-scope': 'all',
      'x-credential-identifier': 'admin',
      'x-plan-id': 'admin',
      'x-anonymous-consumer': 'admin',
      'x-real-ip': '203.0.113.66',
      'x-forwarded-prefix': '/admin',
      'x-original-url': '/admin',
    };
    const fields = await seen(await call('/open/echo', { headers: spoofed }));
    expect(Object.entries(fields).filter(([, value]) => /admin|203\.0\.113\.66/.test(value))).toEqual([]);
    expect(Object.keys(fields).filter((field) => /^x.(consumer|authenticated|credential|plan)/.test(field))).toEqual([]);
    const own = await seen(await call('/reports/echo', { headers: { ...spoofed, 'x-apikey': 'shop-key' } }));
    expect(own['x-consumer-id']).toBe('shop');
    expect(Object.values(own).filter((value) => value.includes('admin'))).toEqual([]);
  });

  test('BEHAVIOURS 71: a caller’s X-Forwarded-* describe no other call', async () => {
    const described = {
      'x-forwarded-method': 'GET',
      'x-forwarded-uri': '/open/echo',
      'x-forwarded-host': 'a.example',
      'x-forwarded-proto': 'https',
      'x-forwarded-for': '203.0.113.66',
      'x-original-uri': '/open/echo',
      'x-original-method': 'GET',
    };
    expect((await call('/orders/v1/echo', { headers: described })).status).toBe(401);
    expect((await call('/hosted/echo', { headers: described })).status).toBe(404);
    expect((await call('/open/readonly', { method: 'DELETE', headers: described })).status).toBe(405);
    expect((await seen(await call('/open/echo', { headers: described })))['x-forwarded-for']).toBe('127.0.0.1');
  });

  test('BEHAVIOURS 58–60, 74: refusals have their own status, fields and body', async () => {
    const read = await gateway.issueToken('orders', { scopes: ['read'] });
    const rows: [string, RequestInit, number, Record<string, string>][] = [
      ['/orders/v1/echo', {}, 401, { 'www-authenticate': 'Bearer realm="Orders \\"EU\\""' }],
      ['/orders/v1/echo', { headers: bearer('junk') }, 401, { 'www-authenticate': 'error="invalid_token"' }],
      ['/both/echo', {}, 401, { 'www-authenticate': 'ApiKey realm="Both"' }],
      ['/orders/v1/admin', { headers: bearer(read) }, 403, { 'www-authenticate': 'error="insufficient_scope", scope="read write"' }],
      ['/nowhere', {}, 404, {}],
      ['/open/readonly', { method: 'DELETE' }, 405, { allow: 'GET' }],
      [`/orders/v1/echo?access_token=${read}`, {}, 400, { 'www-authenticate': 'invalid_request' }],
      ['/open/a%2fb', {}, 400, {}],
    ];
    for (const [path, options, status, fields] of rows) {
      const response = await call(path, options);
      expect([path, response.status]).toEqual([path, status]);
      for (const [field, text] of Object.entries(fields)) expect(response.headers.get(field)).toContain(text);
      expect(response.headers.get('content-type')).toBe('application/problem+json');
      expect(response.headers.get('cache-control')).toBe('no-store');
      expect(await response.json()).toMatchObject({ status, detail: expect.any(String) });
      expect([...response.headers.keys()].filter((field) => field.startsWith('x-gatehouse'))).toEqual([]);
    }
    expect((await call('/orders/v1/echo', { method: 'HEAD' })).status).toBe(401);
  });

  test('BEHAVIOURS 74: the upstream sees the path that was decided about', async () => {
    const paths = [
      '/open/%7Eann',
      '/open/a%20b%2520c',
      '/open//a//b',
      '/open/a;b=c',
      '/open/x/%E2%82%AC/?q=%3B;&q=a+b',
      '/open',
      '/open/a%3Bb',
      '/open/$1',
    ];
    for (const path of paths) {
      const [direct, through] = await Promise.all([fetch(gateway.url + path), call(path)]);
      // These two Caddy cannot send on as they are.
      if (name === 'caddy' && /%3Bb|[$]/.test(path)) expect([path, through.status]).toEqual([path, 400]);
      else expect([path, ((await through.json()) as Echo).url]).toEqual([path, ((await direct.json()) as Echo).url]);
    }
  });

  test('BEHAVIOURS 67, RFC 9111 §3.5: shared caches keep no answer to a key, unless its upstream says who may', async () => {
    const key = { 'x-apikey': 'shop-key' };
    const rows: [string, Record<string, string>, string[], string | null][] = [
      ['/reports', key, [], 'private'],
      ['/reports', key, ['max-age=60'], 'max-age=60, private'],
      ['/reports', key, ['max-age=60, x-public'], 'max-age=60, x-public, private'],
      ['/reports', key, ['max-age=60', 'no-transform'], 'max-age=60, no-transform, private'],
      ...[
        'public',
        'Public, max-age=60',
        'max-age=60, s-maxage=5',
        'must-revalidate,max-age=60',
        'private',
        'max-age=5,PRIVATE',
        'no-store',
      ].map((said): [string, Record<string, string>, string[], string] => ['/reports', key, [said], said]),
      ['/both', { 'x-apikey': 'shop-both-key' }, ['max-age=60'], 'max-age=60, private'],
      // Of Authorization they know, and of a call without a credential there is nothing to know.
      ['/both', bearer(await gateway.issueToken('both')), ['max-age=60'], 'max-age=60'],
      ['/open', key, ['max-age=60'], 'max-age=60'],
      ['/open', {}, [], null],
    ];
    for (const [api, headers, said, expected] of rows) {
      const path = `${api}/cached?${said.map((value) => `said=${encodeURIComponent(value)}`).join('&')}`;
      const [direct, through] = await Promise.all([fetch(gateway.url + path, { headers }), call(path, { headers })]);
      expect([path, direct.headers.get('cache-control')]).toEqual([path, expected]);
      const seen = through.headers.get('cache-control');
      // Caddy sees one line at a time.
      if (said.length > 1 && name === 'caddy') expect(seen).toMatch(/private/);
      else expect([path, seen]).toEqual([path, expected]);
    }
    // A refusal is kept by nobody, and the sign itself goes to nobody.
    expect((await call('/reports/cached')).headers.get('cache-control')).toBe('no-store');
    expect((await call('/reports/cached', { headers: key })).headers.get('x-gatehouse-private')).toBeNull();
  });

  test('BEHAVIOURS 92: 429 says when to come back, and what is left is told before', async () => {
    // Nobody else counts here, so the first passes. A border between two windows leaves three of the five in one: one at least is refused.
    const answers = await Promise.all(
      Array.from({ length: 5 }, async () => {
        const answer = await call(`/open/${name}/echo`);
        return { status: answer.status, headers: answer.headers, body: (await answer.json()) as unknown };
      }),
    );
    expect(answers.filter(({ status }) => status !== 200 && status !== 429)).toEqual([]);
    for (const { headers } of answers) expect(headers.get('ratelimit')).toMatch(/^"minute";r=\d;t=\d+$/);
    expect(answers.map(({ status }) => status)).toContain(200);
    const refused = answers.find(({ status }) => status === 429);
    expect(refused?.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(refused?.headers.get('ratelimit')).toContain('"minute";r=0');
    expect(refused?.headers.get('ratelimit-policy')).toBe('"minute";q=2;w=60');
    expect(refused?.body).toMatchObject({ status: 429 });
  });

  test('BEHAVIOURS 89: preflights are answered; CORS is the gateway’s', async () => {
    const origin = { origin: 'https://app.example' };
    const preflight = await call('/orders/v1/x', { method: 'OPTIONS', headers: { ...origin, 'access-control-request-method': 'POST' } });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-origin')).toBe('https://app.example');
    expect(preflight.headers.get('access-control-allow-methods')).toContain('POST');
    const response = await call('/orders/v1/cors', { headers: { ...origin, ...bearer(await gateway.issueToken('orders')) } });
    expect(response.status).toBe(200);
    expect(response.headers.get('access-control-allow-origin')).toBe('https://app.example');
    expect(response.headers.get('vary')).toMatch(/Origin/);
    const refused = await call('/orders/v1/x', { headers: origin });
    expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([401, 'https://app.example']);
  });

  test('RFC 9728: the metadata of a protected resource is answered by the gateway', async () => {
    const metadata = await call('/.well-known/oauth-protected-resource/orders/v1');
    expect([metadata.status, metadata.headers.get('content-type')]).toEqual([200, 'application/json']);
    expect(metadata.headers.get('access-control-allow-origin')).toBe('*');
    expect(metadata.headers.get('x-gatehouse-status')).toBeNull();
    expect(await metadata.json()).toMatchObject({ bearer_methods_supported: ['header'] });
  });

  test('BEHAVIOURS 87: a page of a foreign origin opens no WebSocket', async () => {
    const client = rawClient(engine.port);
    client.send(
      'GET /open/echo HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nOrigin: https://evil.example\r\n' +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    );
    await client.waitFor(/^HTTP\/1\.1 403 /);
    client.socket.destroy();
  });

  test('BEHAVIOURS 82: bodies are streamed, both ways', async () => {
    const { bodyBytes } = await gateway.sight();
    const upload = rawClient(engine.port);
    upload.send('POST /open/slowSink HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n5\r\nfirst\r\n');
    await until(async () => {
      const now = (await gateway.sight()).bodyBytes;
      return now === 5 && now !== bodyBytes;
    }, 'the first part is there before the last was sent');
    upload.send('4\r\nlast\r\n0\r\n\r\n');
    expect((await upload.closed).text).toContain('{"bytes":9}');
    const events = await call('/open/sse');
    const reader = (events.body as ReadableStream<Uint8Array>).getReader();
    expect(new TextDecoder().decode((await reader.read()).value)).toMatch(/^data: 1 /);
    await reader.cancel();
    const large = await call('/open/sink', { method: 'PUT', body: 'x'.repeat(5_000_000) });
    expect(await large.json()).toEqual({ bytes: 5_000_000 });
  });

  test('BEHAVIOURS 64: a revoked token is refused', async () => {
    const token = await gateway.issueToken('orders', { person: 'ann@example.com' });
    expect((await call('/orders/v1/echo', { headers: bearer(token) })).status).toBe(200);
    const [row] = await gateway.installation.sql(`SELECT family_id AS id FROM access_token ORDER BY issued_at DESC LIMIT 1`);
    await gateway.installation.sql(`BEGIN; UPDATE token_family SET revoked_at = now() WHERE id = '${row?.id}';
      INSERT INTO change_event (txid, kind, subject_id) VALUES (pg_current_xact_id()::text::bigint, 'token_family', '${row?.id}'); COMMIT`);
    await until(async () => (await call('/orders/v1/echo', { headers: bearer(token) })).status === 401, 'the token is refused');
  });

  test('no decision, no call: 503 where the gateway cannot be reached', async () => {
    const [closed] = await freePorts(1);
    const alone = await start(name, `127.0.0.1:${closed}`);
    try {
      const response = await fetch(`${alone.url}/open/echo`);
      expect([response.status, response.headers.get('retry-after')]).toEqual([503, '2']);
      expect(await response.json()).toMatchObject({ status: 503 });
    } finally {
      await alone.stop();
    }
  });

  test('curl and wrk call through it', async () => {
    const token = await gateway.issueToken('orders');
    const { stdout } = await run('curl', ['-s', '-i', '-d', 'x=1', '-H', `Authorization: Bearer ${token}`, `${engine.url}/orders/v1/echo`]);
    expect(stdout).toMatch(/^HTTP\/1\.1 200 /);
    expect(stdout).toContain('"body":"x=1"');
    if (!installed('wrk')) return;
    const folder = mkdtempSync(join(tmpdir(), 'gatehouse-wrk-'));
    try {
      const script = join(folder, 'done.lua');
      writeFileSync(
        script,
        `function done(summary) local e = summary.errors
         io.write(string.format("RESULT %d %d\\n", summary.requests, e.status + e.connect + e.read + e.write + e.timeout)) end`,
      );
      const load = ['-t1', '-c8', '-d2s', '--timeout', '20s', '-H', `Authorization: Bearer ${token}`, '-s', script];
      const wrk = await run('wrk', [...load, `${engine.url}/orders/v1/echo`]);
      expect(wrk.stdout).toMatch(/RESULT [1-9]\d* 0\n/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

(installed('nginx') ? describe : describe.skip)('decisions that nginx keeps', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await start('nginx');
  });
  afterAll(() => engine?.stop());
  const consumerOf = async (path: string, headers: Record<string, string>): Promise<string | undefined> =>
    namedFields(((await (await fetch(engine.url + path, { headers })).json()) as Echo).rawHeaders)['x-credential-identifier'];

  test('BEHAVIOURS 64: are used again, and never for another caller', async () => {
    const orders = await gateway.issueToken('orders');
    const both = await gateway.issueToken('both');
    const keyOf = namedFields(
      ((await (await fetch(`${engine.url}/both/echo`, { headers: { 'x-apikey': 'shop-both-key' } })).json()) as Echo).rawHeaders,
    );
    await until(async () => {
      expect(await consumerOf('/both/echo', bearer(both))).toBe('shop-both');
      expect(await consumerOf('/both/echo', { 'x-apikey': 'shop-both-key' })).toBe(keyOf['x-credential-identifier']);
      expect((await fetch(`${engine.url}/both/echo`, { headers: bearer(orders) })).status).toBe(401);
      expect((await fetch(`${engine.url}/both/echo`)).status).toBe(401);
      return /"GET \/both\/echo" 200 both shop decision=HIT/.test(engine.written('access.log'));
    }, 'a decision was kept');
    // Refusals never are.
    expect(engine.written('access.log')).not.toMatch(/ 401 .* decision=HIT/);
  });

  test('BEHAVIOURS 63, 93: hold no credential', async () => {
    const token = await gateway.issueToken('orders');
    expect(await consumerOf('/orders/v1/echo', bearer(token))).toBe('shop-orders');
    const kept = engine.kept('kept');
    expect(kept.some((text) => text.includes('shop-orders'))).toBe(true);
    expect(kept.filter((text) => text.includes(token))).toEqual([]);
  });

  test('are told apart by method, path, query and host', async () => {
    const headers = { 'x-apikey': 'shop-key' };
    await until(async () => {
      const echoes = await Promise.all(
        ['/reports/a?x=1', '/reports/a?x=2', '/reports/b'].map(
          async (path) => ((await (await fetch(engine.url + path, { headers })).json()) as Echo).url,
        ),
      );
      expect(echoes).toEqual(['/a?x=1', '/a?x=2', '/b']);
      expect((await fetch(`${engine.url}/open/readonly/x`)).status).toBe(200);
      expect((await fetch(`${engine.url}/open/readonly/x`, { method: 'PUT' })).status).toBe(405);
      return engine.written('access.log').includes('200 reports shop decision=HIT');
    }, 'a decision was kept');
  });

  test('BEHAVIOURS 92: are none where a limit must count', async () => {
    await until(() => Date.now() % 60_000 < 40_000, 'a minute has begun');
    const statuses = [];
    for (let i = 0; i < 5; i++) statuses.push((await fetch(`${engine.url}/reports/echo`, { headers: { 'x-apikey': 'small-key' } })).status);
    expect(statuses).toEqual([200, 200, 200, 429, 429]);
  });
});
