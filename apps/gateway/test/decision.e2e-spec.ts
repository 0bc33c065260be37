import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { until } from '../../../test/harness/installation.js';
import { type GatewayUnderTest, rawExchange, startGatewayUnderTest } from './gateway-under-test.js';

let gateway: GatewayUnderTest;
beforeAll(async () => {
  gateway = await startGatewayUnderTest();
});
afterAll(() => gateway.stop());

interface Asked {
  readonly method?: string;
  readonly peer?: string;
  readonly headers?: Record<string, string>;
  /** Of the endpoint. */
  readonly query?: string;
}

/** Asks as an engine does that has this call before it. */
const ask = (target: string, { method = 'GET', peer = '198.51.100.7', headers = {}, query = '' }: Asked = {}): Promise<Response> =>
  fetch(`${gateway.installation.urls.internal}/authz${query}`, {
    headers: {
      ...headers,
      'x-forwarded-method': method,
      'x-forwarded-uri': target,
      'x-forwarded-host': 'api.example',
      'x-forwarded-proto': 'https',
      'x-forwarded-for': peer,
    },
  });
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const internalPort = (): number => Number(new URL(gateway.installation.urls.internal).port);

describe('an allowed call', () => {
  test('DESIGN 6: is 200 with where it goes, who calls, and what must go', async () => {
    const token = await gateway.issueToken('orders', { scopes: ['read'], person: 'ann@example.com' });
    const decision = await ask('/orders/v1/%65cho/../seven?a=b&a=%20', {
      method: 'POST',
      headers: { ...bearer(token), x_consumer_id: 'admin' },
    });
    expect(decision.status).toBe(200);
    expect(await decision.text()).toBe('');
    const [person] = await gateway.installation.sql(`SELECT id FROM user_account WHERE email = 'ann@example.com'`);
    const [subscription] = await gateway.installation.sql(`SELECT id FROM subscription WHERE client_id = 'shop-orders'`);
    expect(Object.fromEntries(decision.headers)).toMatchObject({
      'x-gatehouse-api': 'orders',
      'x-gatehouse-route': '/orders/v1',
      'x-gatehouse-upstream': gateway.upstreamUrl,
      'x-gatehouse-upstream-host': new URL(gateway.upstreamUrl).host,
      'x-gatehouse-upstream-uri': '/base/seven?a=b&a=%20',
      'x-gatehouse-upstream-path': '/base/seven',
      'x-consumer-id': 'shop',
      'x-consumer-username': 'shop$orders',
      'x-consumer-custom-id': subscription?.id,
      'x-credential-identifier': 'shop-orders',
      'x-authenticated-userid': `sub=${person?.id}`,
      'x-authenticated-scope': 'read wicked:partners',
      'x-plan-id': 'unlimited',
      'x-forwarded-prefix': '/orders/v1',
      'x-gatehouse-answer-x-correlation-id': decision.headers.get('x-correlation-id'),
    });
    // BEHAVIOURS 63, 70
    expect(decision.headers.has('authorization')).toBe(false);
    const removed = decision.headers.get('x-gatehouse-remove')?.toLowerCase().split(', ');
    expect(removed).toEqual(
      expect.arrayContaining(['authorization', 'x-apikey', 'x-consumer-id', 'x_consumer_id', 'x-authenticated-userid']),
    );
    expect(decision.headers.get('x-gatehouse-add')?.toLowerCase().split(', ')).toContain('x-authenticated-scope');
  });

  test('of an open API keeps a credential that is not ours, and names nobody', async () => {
    const decision = await ask('/open/kept/x', { headers: { authorization: 'Basic abc', 'x-consumer-id': 'admin' } });
    expect(decision.status).toBe(200);
    expect(Object.fromEntries(decision.headers)).toMatchObject({
      authorization: 'Basic abc',
      'x-gatehouse-upstream-uri': '/open/kept/x',
      'x-gatehouse-upstream-host': 'api.example',
    });
    expect(decision.headers.has('x-consumer-id')).toBe(false);
  });

  test('BEHAVIOURS 67: with a key says so, since shared caches will not know', async () => {
    const said = async (target: string, headers: Record<string, string>) =>
      (await ask(target, { headers })).headers.get('x-gatehouse-private');
    expect(await said('/both/x', { 'x-apikey': 'shop-both-key' })).toBe('yes');
    expect(await said('/both/x', bearer(await gateway.issueToken('both')))).toBeNull();
    expect(await said('/open/x', { 'x-apikey': 'shop-both-key' })).toBeNull();
  });

  test('BEHAVIOURS 89: carries what plugins put into the answer', async () => {
    const decision = await ask('/orders/v1/x', {
      headers: { ...bearer(await gateway.issueToken('orders')), origin: 'https://app.example' },
    });
    expect(decision.headers.get('x-gatehouse-answer-access-control-allow-origin')).toBe('https://app.example');
    expect(decision.headers.get('x-gatehouse-answer-vary')).toBe('Origin');
    expect(decision.headers.get('x-gatehouse-remove-answer')?.split(', ')).toContain('access-control-allow-origin');
  });

  test('may have a header as large as at the public port', async () => {
    const headers = { ...bearer(await gateway.issueToken('orders')), cookie: 'c'.repeat(14_000), 'x-large': 'x'.repeat(14_000) };
    expect((await ask('/orders/v1/x', { headers })).status).toBe(200);
  });
});

describe('a refused call', () => {
  test('is refused as at the public port, to the letter', async () => {
    const orders = await gateway.issueToken('orders', { scopes: ['read'] });
    const calls: [string, Record<string, string>][] = [
      ['/orders/v1/x', {}],
      ['/orders/v1/x', bearer('junk')],
      ['/orders/v1/admin', bearer(orders)],
      ['/both/x', bearer(orders)],
      ['/both/x', { ...bearer(orders), 'x-apikey': 'shop-both-key' }],
      ['/both/x', {}],
      ['/reports/x', { 'x-apikey': 'bad' }],
      [`/orders/v1/x?access_token=${orders}`, {}],
      ['/nowhere', {}],
      ['/orders/v1/%2fx', bearer(orders)],
      ['/orders/v1/x;y/../list', bearer(orders)],
      [`/open/${'x'.repeat(9_000)}`, {}],
    ];
    for (const [target, headers] of calls) {
      const public_ = await fetch(gateway.url + target, { headers });
      const decision = await ask(target, { headers });
      const seen = async (response: Response) => ({
        status: response.status,
        challenge: response.headers.get('www-authenticate'),
        type: response.headers.get('content-type'),
        cache: response.headers.get('cache-control'),
        problem: { ...((await response.json()) as object), correlation_id: '' },
      });
      const expected = await seen(public_);
      if (expected.status >= 300) expect(await seen(decision)).toEqual(expected);
      else expect(decision.status).toBe(200);
    }
    const method = await ask('/open/readonly', { method: 'DELETE' });
    expect([method.status, method.headers.get('allow')]).toEqual([405, 'GET']);
    expect((await ask('/open', { method: 'TRACE' })).status).toBe(405);
  });

  test('BEHAVIOURS 92: a limit counts decisions and calls together, and says when to come back', async () => {
    const headers = { 'x-apikey': 'small-key' };
    // All of it in one window.
    await until(() => Date.now() % 60_000 < 40_000, 'a minute has begun');
    expect((await fetch(`${gateway.url}/reports/echo`, { headers })).status).toBe(200);
    const statuses = [];
    for (let i = 0; i < 3; i++) statuses.push((await ask('/reports/echo', { headers })).status);
    expect(statuses).toEqual([200, 200, 429]);
    const refused = await ask('/reports/echo', { headers });
    expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(refused.headers.get('ratelimit')).toContain('"minute";r=0');
  });

  test('BEHAVIOURS 71: who is limited by address is who connected to the engine', async () => {
    const asked = (peer: string) => ask('/open/limited', { peer });
    const statuses = await Promise.all([1, 2, 3, 4, 5].map(async () => (await asked('203.0.113.5, 198.51.100.20')).status));
    expect(statuses).toContain(429);
    expect((await asked('203.0.113.5, 198.51.100.21')).status).toBe(200);
  });

  test('BEHAVIOURS 89: a preflight’s answer is no 2xx, which would let it through', async () => {
    const headers = { origin: 'https://app.example', 'access-control-request-method': 'POST' };
    const decision = await ask('/orders/v1/x', { method: 'OPTIONS', headers });
    expect([decision.status, decision.headers.get('x-gatehouse-status')]).toEqual([403, '204']);
    expect(decision.headers.get('access-control-allow-origin')).toBe('https://app.example');
    expect(decision.headers.get('cache-control')).toBe('no-store');
  });

  test('comes as 403 with all of its answer in fields, where the engine asks so', async () => {
    const headers = { origin: 'https://app.example' };
    const decision = await ask('/orders/v1/x', { headers, query: '?refusals=403' });
    expect(decision.status).toBe(403);
    expect(Object.fromEntries(decision.headers)).toMatchObject({
      'x-gatehouse-status': '401',
      'x-gatehouse-answer-www-authenticate': expect.stringMatching(/^Bearer realm="Orders \\"EU\\"", resource_metadata="[^"]*"$/),
      'x-gatehouse-answer-access-control-allow-origin': 'https://app.example',
      'cache-control': 'no-store',
    });
    expect(JSON.parse(decision.headers.get('x-gatehouse-problem') as string)).toMatchObject({ status: 401 });
    const both = await ask('/both/x', { query: '?refusals=403' });
    expect(both.headers.get('x-gatehouse-answer-www-authenticate')).toMatch(
      /^Bearer realm="Both", resource_metadata="[^"]*", ApiKey realm="Both", header="x-apikey"$/,
    );
    expect((await ask('/open/echo', { query: '?refusals=403' })).status).toBe(200);
  });
});

test('BEHAVIOURS 87: a WebSocket’s origin is checked before the call is allowed', async () => {
  const handshake = (origin: string): Promise<Response> => {
    const headers = { 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==', 'sec-websocket-version': '13', origin };
    return ask('/open/x', { headers });
  };
  expect((await handshake('https://api.example')).status).toBe(200);
  expect((await handshake('https://evil.example')).status).toBe(403);
  const old = await ask('/open/x', { headers: { 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==', 'sec-websocket-version': '8' } });
  expect([old.status, old.headers.get('upgrade'), old.headers.get('sec-websocket-version')]).toEqual([426, null, '13']);
});

describe('the endpoint', () => {
  test('BEHAVIOURS 95: is not on the public port', async () => {
    expect((await fetch(`${gateway.url}/authz`, { headers: { 'x-forwarded-uri': '/open' } })).status).toBe(404);
  });

  test('refuses what it cannot tell from the caller’s own words, and says what to do', async () => {
    const head = (more: string): string =>
      `GET /authz HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Forwarded-Method: GET\r\nX-Forwarded-Host: x\r\nX-Forwarded-Proto: http\r\nX-Forwarded-For: 127.0.0.1\r\n${more}\r\n`;
    expect(await rawExchange(internalPort(), head('X-Forwarded-Uri: /open\r\n'))).toMatch(/^HTTP\/1\.1 200 /);
    const twice = await rawExchange(internalPort(), head('X-Forwarded-Uri: /open\r\nX-Forwarded-Uri: /orders/v1\r\n'));
    expect(twice).toMatch(
      /^HTTP\/1\.1 400 [\s\S]*application\/problem\+json[\s\S]*X-Forwarded-Uri came twice\. The engine in front must set it/,
    );
    expect(await rawExchange(internalPort(), head(''))).toMatch(/^HTTP\/1\.1 400 [\s\S]*X-Forwarded-Uri is missing/);
    const other = await fetch(`${gateway.installation.urls.internal}/authz?refusals=404`);
    expect([other.status, await other.text()]).toEqual([400, expect.stringContaining('/authz?refusals=403')]);
    expect((await fetch(`${gateway.installation.urls.internal}/authzz`)).status).toBe(404);
  });

  test('reads the call from its own line for Envoy, and tells it what to remove in Envoy’s words', async () => {
    const token = await gateway.issueToken('orders');
    const exchange = (target: string, more = ''): Promise<string> =>
      rawExchange(
        internalPort(),
        `POST /authz/call${target} HTTP/1.1\r\nHost: api.example\r\nConnection: close\r\nContent-Length: 0\r\nX-Forwarded-Proto: https\r\nX-Forwarded-For: 198.51.100.7\r\nOrigin: https://app.example\r\n${more}\r\n`,
      );
    const allowed = await exchange('/orders/v1/a?b=c', `Authorization: Bearer ${token}\r\nx-consumer-id: admin\r\n`);
    expect(allowed).toMatch(/^HTTP\/1\.1 200 /);
    expect(allowed).toMatch(/\r\nX-Gatehouse-Upstream-Uri: \/base\/a\?b=c\r\n/);
    expect(allowed).toMatch(/\r\nX-Consumer-Id: shop\r\n/);
    expect(allowed).toMatch(/\r\nAccess-Control-Allow-Origin: https:\/\/app\.example\r\n/);
    const removed = /\r\nX-Envoy-Auth-Headers-To-Remove: (.*)\r\n/.exec(allowed)?.[1]?.toLowerCase().split(', ');
    expect(removed).toContain('authorization');
    // Envoy removes last.
    expect(removed).not.toContain('x-consumer-id');
    expect(await exchange('/orders/v1/a')).toMatch(/^HTTP\/1\.1 401 /);
    expect(await exchange('/open/readonly')).toMatch(/^HTTP\/1\.1 405 /);
  });

  test('BEHAVIOURS 64: a decision is for the second in which it was made; none is kept of a limited plan or a refusal', async () => {
    const before = Math.floor(Date.now() / 1_000);
    const allowed = await ask('/orders/v1/x', { headers: bearer(await gateway.issueToken('orders')) });
    const second = Number(allowed.headers.get('x-accel-expires')?.slice(1));
    expect(second).toBeGreaterThanOrEqual(before);
    expect(second).toBeLessThanOrEqual(Math.floor(Date.now() / 1_000));
    expect(allowed.headers.get('vary')).toMatch(/^Authorization, x-apikey, /);
    for (const [target, headers] of [
      ['/open/limited', {}],
      ['/orders/v1/x', {}],
      ['/orders/v1/x', bearer('junk')],
    ] as const) {
      const decision = await ask(target, { headers, peer: '198.51.100.99' });
      expect([decision.headers.get('cache-control'), decision.headers.get('x-accel-expires')]).toEqual(['no-store', null]);
    }
  });

  test('BEHAVIOURS 64: refuses a token that was revoked', async () => {
    const token = await gateway.issueToken('orders', { person: 'ann@example.com' });
    expect((await ask('/orders/v1/x', { headers: bearer(token) })).status).toBe(200);
    const [row] = await gateway.installation.sql(`SELECT family_id AS id FROM access_token ORDER BY issued_at DESC LIMIT 1`);
    await gateway.installation.sql(`BEGIN; UPDATE token_family SET revoked_at = now() WHERE id = '${row?.id}';
      INSERT INTO change_event (txid, kind, subject_id) VALUES (pg_current_xact_id()::text::bigint, 'token_family', '${row?.id}'); COMMIT`);
    await until(async () => (await ask('/orders/v1/x', { headers: bearer(token) })).status === 401, 'the token is refused');
  });
});
