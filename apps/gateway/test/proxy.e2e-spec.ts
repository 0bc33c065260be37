import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { until } from '../../../test/harness/installation.js';
import { type GatewayUnderTest, namedFields, rawClient, rawExchange, startGatewayUnderTest } from './gateway-under-test.js';

let gateway: GatewayUnderTest;
beforeAll(async () => {
  gateway = await startGatewayUnderTest();
});
afterAll(() => gateway.stop());

const get = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(gateway.url + path, { headers, redirect: 'manual' });
/** A GET of bare bytes on a connection that is closed after it. */
const rawGet = (target: string, fields = '', method = 'GET'): Promise<string> =>
  rawExchange(gateway.port, `${method} ${target} HTTP/1.1\r\nHost: gw.example\r\nConnection: close\r\n${fields}\r\n`);
const wait = (ms: number) => new Promise((done) => setTimeout(done, ms));

describe('request fields', () => {
  test('BEHAVIOURS 68–70: hop-by-hop, listed and forged fields never reach the upstream', async () => {
    const forged = [
      'X-Consumer-Id',
      'x-consumer-id',
      'X_Consumer_Id',
      'X-Authenticated-Userid',
      'X-PLAN-ID',
      'X-Correlation-Id',
      'X_Forwarded_For',
    ];
    const fields = `${forged.map((name) => `${name}: forged\r\n`).join('')}Connection: keep-me, x-consumer-id\r\nKeep-Me: 1\r\nTE: trailers\r\nProxy-Authorization: x\r\nUpgrade: h2c\r\n`;
    expect(await rawGet('/open/echo', fields)).toMatch(/^HTTP\/1\.1 200 /);
    const seen = await gateway.seenFields();
    expect(JSON.stringify(seen)).not.toContain('forged');
    for (const name of ['keep-me', 'te', 'proxy-authorization', 'upgrade', 'x-consumer-id']) expect(seen[name]).toBeUndefined();
  });

  test('BEHAVIOURS 69: a client cannot have our own fields dropped', async () => {
    await rawGet('/reports/echo', 'X-ApiKey: shop-key\r\nConnection: x-consumer-id, x-plan-id, x-forwarded-for\r\n');
    expect(await gateway.seenFields()).toMatchObject({
      'x-consumer-id': 'shop',
      'x-plan-id': 'unlimited',
      'x-forwarded-for': expect.any(String),
    });
  });

  test('BEHAVIOURS 71: what an untrusted client says of itself is replaced', async () => {
    await rawGet(
      '/open/echo',
      'X-Forwarded-For: 1.2.3.4\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: evil\r\nForwarded: for=1.2.3.4\r\n',
    );
    const seen = await gateway.seenFields();
    expect(seen).toMatchObject({
      'x-forwarded-proto': 'http',
      'x-forwarded-host': 'gw.example',
      'x-forwarded-port': '80',
      'x-forwarded-prefix': '/open',
    });
    expect(seen['x-forwarded-for']).toMatch(/^(127\.0\.0\.1|::1)$/);
    expect(seen.forwarded).toBeUndefined();
  });

  test('the upstream’s own host is asked for, or the caller’s where the route keeps it', async () => {
    await rawGet('/open/echo');
    expect((await gateway.seenFields()).host).toBe(new URL(gateway.upstreamUrl).host);
    await rawGet('/open/kept/echo');
    expect((await gateway.sight()).last).toMatchObject({ url: '/open/kept/echo' });
    expect((await gateway.seenFields()).host).toBe('gw.example');
  });

  test('BEHAVIOURS 77: copies and their order reach the upstream', async () => {
    await rawGet('/open/echo', 'X-A: 1\r\nCookie: a=1\r\nX-A: 2\r\nCookie: b=2\r\n');
    expect(await gateway.seenFields()).toMatchObject({ 'x-a': '1 | 2', cookie: 'a=1 | b=2' });
  });

  test('an API without credentials passes the caller’s own Authorization, but no token of ours', async () => {
    await get('/open/echo', { authorization: 'Basic abc' });
    expect((await gateway.seenFields()).authorization).toBe('Basic abc');
    await get('/open/echo', { authorization: 'Bearer gh_at_abc' });
    expect((await gateway.seenFields()).authorization).toBeUndefined();
  });

  test('63: there, a JWT of another issuer passes, and none of ours, whatever it is worth', async () => {
    const jwtOf = (iss: string) =>
      `Bearer ${[{ alg: 'ES256' }, { iss }].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')}.c2ln`;
    const foreign = jwtOf('https://elsewhere.example');
    await get('/open/echo', { authorization: foreign });
    expect((await gateway.seenFields()).authorization).toBe(foreign);
    await get('/open/echo', { authorization: jwtOf(`${gateway.installation.urls.auth}/local/api/orders`) });
    expect((await gateway.seenFields()).authorization).toBeUndefined();
  });
});

describe('BEHAVIOURS 74–76: paths', () => {
  test.each([
    ['/open/a//b;c=d/%7e', '/a//b;c=d/~'],
    ['/open/a/../b/./c', '/b/c'],
    ['/open/%2e%2e/reports/echo', 401],
    ['/reports/../open/echo', '/echo'],
    ['/openx', 404],
    ['/open/a%2fb', 400],
    ['/open/a%5cb', 400],
    ['/open/a\\b', 400],
    ['/open/a%00', 400],
    ['/open/..;/reports', 400],
    ['/../open', 400],
    ['/open/%zz', 400],
    ['//open/echo', 404],
    // A server that takes off path parameters or merges slashes would see the narrow route's path, past its scopes.
    ['/orders/v1/admin;x', 400],
    ['/orders/v1;x/admin', 404],
    ['/orders/v1//admin', 400],
    ['/orders/v1/admin/a;x//b', 401],
    ['/orders/v1/a;x//b', 401],
    ['http://gw.example/open/abs', '/abs'],
  ])('%s', async (target, expected) => {
    const answer = await rawGet(target);
    if (typeof expected === 'number') expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${expected} `));
    else expect((await gateway.sight()).last?.url).toBe(expected);
  });

  test('BEHAVIOURS 76: the query passes byte for byte', async () => {
    await rawGet('/open/echo?a=%2F%zz&a=2&&b;c=../?&d=+%20');
    expect((await gateway.sight()).last?.url).toBe('/echo?a=%2F%zz&a=2&&b;c=../?&d=+%20');
  });

  test('a method that no route serves is 405 with Allow; a host that none serves is 404', async () => {
    const answer = await rawGet('/open/readonly', '', 'DELETE');
    expect(answer).toMatch(/^HTTP\/1\.1 405 /);
    expect(answer).toContain('Allow: GET\r\n');
    expect(await rawGet('/hosted')).toMatch(/^HTTP\/1\.1 404 /);
    expect(await rawExchange(gateway.port, 'GET /hosted HTTP/1.1\r\nHost: A.example:80\r\nConnection: close\r\n\r\n')).toMatch(
      /^HTTP\/1\.1 200 /,
    );
  });

  test('OPTIONS * is answered here (RFC 9110 §9.3.7), TRACE refused', async () => {
    expect(await rawGet('*', '', 'OPTIONS')).toMatch(/^HTTP\/1\.1 204 /);
    expect(await rawGet('/open/echo', '', 'TRACE')).toMatch(/^HTTP\/1\.1 405 /);
  });
});

describe('answers', () => {
  test('BEHAVIOURS 77, 68, 90: Set-Cookie lines stay apart; hop-by-hop, listed and inside fields stay inside', async () => {
    const answer = await rawGet('/open/cookies');
    expect(answer).toContain('Set-Cookie: a=1\r\nX-Order: 1\r\nSet-Cookie: b=2\r\nx-order: 2\r\n');
    expect(answer).not.toMatch(/secret|private/i);
  });

  test('BEHAVIOURS 77: trailers come through', async () => {
    expect(await rawGet('/open/trailers')).toMatch(/0\r\nX-Checksum: abc\r\n\r\n$/);
  });

  test('an encoded body stays as it is', async () => {
    const answer = await rawGet('/open/gzip', 'Accept-Encoding: gzip\r\n');
    const body = Buffer.from(answer.slice(answer.indexOf('\r\n\r\n') + 4), 'latin1');
    expect(gunzipSync(body).toString()).toBe('plain text');
  });

  test.each([
    ['noContent', 'GET', 204],
    ['notModified', 'GET', 304],
    ['echo', 'HEAD', 200],
  ])('BEHAVIOURS 78: %s to %s has no body', async (name, method, status) => {
    const answer = await rawGet(`/open/${name}`, '', method);
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(answer).toMatch(/\r\n\r\n$/);
    expect(answer).not.toContain('Transfer-Encoding');
    if (method === 'HEAD') expect(answer).toMatch(/content-length: \d+/);
  });

  test('BEHAVIOURS 78: early hints come before the answer', async () => {
    expect(await rawGet('/open/hints')).toMatch(
      /^HTTP\/1\.1 103 Early Hints\r\nLink: <\/style\.css>; rel=preload\r\n\r\nHTTP\/1\.1 200 OK/i,
    );
  });

  test('BEHAVIOURS 90, 91: the upstream’s own URL becomes the public one, any other stays; none is followed', async () => {
    const response = await get('/open/redirect');
    expect(response.status).toBe(302);
    expect(response.headers.get('location')).toBe(`${gateway.url}/open/base/moved?x=1`);
    expect((await get('/open/redirectElsewhere')).headers.get('location')).toBe('https://elsewhere.example/x');
  });

  test('an HTTP/1.0 client gets its answer and its connection closed', async () => {
    const answer = await rawExchange(gateway.port, 'GET /open/cookies HTTP/1.0\r\nHost: x\r\n\r\n');
    expect(answer).toMatch(/\r\nConnection: close\r\n/);
    expect(answer).toMatch(/\r\n\r\nok$/);
  });
});

describe('bodies', () => {
  test('a body with a length, one in pieces, and a GET with one', async () => {
    for (const [head, body] of [
      ['POST /open/echo HTTP/1.1\r\nContent-Length: 5\r\n', 'a b c'],
      ['POST /open/echo HTTP/1.1\r\nTransfer-Encoding: chunked\r\n', '2\r\na \r\n3\r\nb c\r\n0\r\n\r\n'],
      ['GET /open/echo HTTP/1.1\r\nContent-Length: 5\r\n', 'a b c'],
    ]) {
      expect(await rawExchange(gateway.port, `${head}Host: x\r\nConnection: close\r\n\r\n${body}`)).toContain('"body":"a b c"');
    }
  });

  test('POST without a body says so', async () => {
    await rawExchange(gateway.port, 'POST /open/echo HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
    expect((await gateway.seenFields())['content-length']).toBe('0');
  });

  test('BEHAVIOURS 78: Expect: 100-continue is answered once the upstream takes the body', async () => {
    const client = rawClient(gateway.port);
    client.send('POST /open/echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n');
    expect(await client.waitFor(/\r\n\r\n/)).toBe('HTTP/1.1 100 Continue\r\n\r\n');
    client.send('a b c');
    expect((await client.closed).text).toContain('"body":"a b c"');
  });

  test('a refused call is never asked for its body', async () => {
    const answer = await rawExchange(
      gateway.port,
      'POST /orders/v1/echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n',
    );
    expect(answer).toMatch(/^HTTP\/1\.1 401 /);
    expect(answer).toContain('Connection: close\r\n');
  });

  test('PERFORMANCE, traps: an early answer reaches a client that still uploads', async () => {
    const client = rawClient(gateway.port);
    client.send(`POST /open/early413 HTTP/1.1\r\nHost: x\r\nContent-Length: 100000000\r\n\r\n${'x'.repeat(100_000)}`);
    expect(await client.waitFor(/too large/)).toMatch(/^HTTP\/1\.1 413 /);
    client.socket.destroy();
  });

  test('BEHAVIOURS 82: a slow client holds a big answer back, and memory stays flat', async () => {
    const client = rawClient(gateway.port);
    client.socket.pause();
    client.send('GET /open/big?size=300000000 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    await wait(700);
    const { bodyBytes } = await gateway.sight();
    expect(bodyBytes).toBeLessThan(60_000_000);
    client.socket.destroy();
    await until(async () => (await gateway.sight()).open === 0, 'the upstream is let go');
  });

  test('BEHAVIOURS 82: a slow upstream holds a big upload back', async () => {
    const client = rawClient(gateway.port);
    client.send('POST /open/slowSink HTTP/1.1\r\nHost: x\r\nContent-Length: 200000000\r\n\r\n');
    const part = Buffer.alloc(1_000_000, 'x');
    let sent = 0;
    const send = (): void => {
      while (sent < 200_000_000 && !client.socket.destroyed) {
        sent += part.length;
        if (!client.socket.write(part)) {
          client.socket.once('drain', send);
          return;
        }
      }
    };
    send();
    await wait(700);
    expect(sent).toBeLessThan(60_000_000);
    client.socket.destroy();
    await until(async () => (await gateway.sight()).open === 0, 'the upstream is let go');
  });
});

describe('BEHAVIOURS 81: when the client leaves, the upstream is let go at once', () => {
  test.each([
    ['before the answer began', 'GET /open/never HTTP/1.1\r\nHost: x\r\n\r\n', null],
    ['during an event stream', 'GET /open/sse HTTP/1.1\r\nHost: x\r\n\r\n', /data: 1/],
    ['during a silent stream', 'GET /open/silent HTTP/1.1\r\nHost: x\r\n\r\n', /event-stream/],
    ['during an upload', 'POST /open/sink HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nabc', null],
  ])('%s', async (_, request, first) => {
    const before = await gateway.sight();
    const client = rawClient(gateway.port);
    client.send(request);
    if (first) await client.waitFor(first);
    await until(async () => (await gateway.sight()).requests > before.requests, 'the upstream was asked');
    client.socket.destroy();
    await until(async () => (await gateway.sight()).aborted > before.aborted && (await gateway.sight()).open === 0, 'it was let go');
  });
});

test('BEHAVIOURS 82: each event of a stream arrives when it is sent, the head before the first', async () => {
  const client = rawClient(gateway.port);
  client.send('GET /open/silent HTTP/1.1\r\nHost: x\r\n\r\n');
  expect(await client.waitFor(/\r\n\r\n/)).toContain('text/event-stream');
  client.socket.destroy();
  const stream = rawClient(gateway.port);
  stream.send('GET /open/sse HTTP/1.1\r\nHost: x\r\n\r\n');
  const text = await stream.waitFor(/data: 3/);
  expect(text).not.toContain('data: 5');
  stream.socket.destroy();
});

describe('BEHAVIOURS 79, 80: an upstream fails', () => {
  test.each([
    ['nobody listens', '/gone', 502],
    ['it hangs up', '/open/cutBefore', 502],
    ['it speaks no HTTP', '/open/badHead', 502],
    ['it does not answer', '/open/never', 504],
  ])('%s', async (_, path, status) => {
    const response = await get(path);
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(JSON.stringify(await response.json())).not.toMatch(/127\.0\.0\.1|ECONN|undici|at /);
  });

  test.each([
    ['chunked', 'HTTP/1.1', /partial\r\n$/],
    ['by length', 'HTTP/1.1', /partial$/],
  ])('80: an answer cut in its midst (%s) is never ended as if it were whole', async (kind, version, end) => {
    const path = kind === 'chunked' ? '/open/cutChunked' : '/open/cutLength';
    const client = rawClient(gateway.port);
    client.send(`GET ${path} ${version}\r\nHost: x\r\n\r\n`);
    const { text } = await client.closed;
    expect(text).toMatch(end);
  });

  test('80: an HTTP/1.0 client, whose answers end with the connection, sees it reset', async () => {
    const client = rawClient(gateway.port);
    client.send('GET /open/cutChunked HTTP/1.0\r\nHost: x\r\n\r\n');
    expect((await client.closed).error).toBe('ECONNRESET');
  });
});

describe('BEHAVIOURS 72, 73, 85: what is no valid request', () => {
  const many = Array.from({ length: 201 }, (_, i) => `X-${i}: 1\r\n`).join('');
  test.each([
    ['CL and TE', 'POST /open/echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', 400],
    ['two lengths', 'POST /open/echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcde', 400],
    ['space before the colon', 'GET /open/echo HTTP/1.1\r\nHost: x\r\nX-A : 1\r\n\r\n', 400],
    ['obs-fold', 'GET /open/echo HTTP/1.1\r\nHost: x\r\nX-A: 1\r\n 2\r\n\r\n', 400],
    ['bare LF', 'GET /open/echo HTTP/1.1\nHost: x\n\n', 400],
    ['no Host', 'GET /open/echo HTTP/1.1\r\nConnection: close\r\n\r\n', 400],
    ['two Hosts', 'GET /open/echo HTTP/1.1\r\nHost: x\r\nHost: y\r\nConnection: close\r\n\r\n', 400],
    ['a Host that is none', 'GET /open/echo HTTP/1.1\r\nHost: x/y\r\nConnection: close\r\n\r\n', 400],
    ['a bad chunk', 'POST /open/echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n', 400],
    ['a long target', `GET /open/${'a'.repeat(9_000)} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`, 414],
    ['many fields', `GET /open/echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${many}\r\n`, 431],
    ['a large header', `GET /open/echo HTTP/1.1\r\nHost: x\r\nX-A: ${'a'.repeat(40_000)}\r\n\r\n`, 431],
  ])('%s', async (_, request, status) => {
    const answer = await rawExchange(gateway.port, request);
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(answer).toContain('application/problem+json');
  });
});

describe('BEHAVIOURS 89: CORS', () => {
  test('a preflight needs no credential', async () => {
    const response = await fetch(`${gateway.url}/orders/v1/echo`, {
      method: 'OPTIONS',
      headers: { origin: 'https://app.example', 'access-control-request-method': 'PUT', 'access-control-request-headers': 'authorization' },
    });
    expect(response.status).toBe(204);
    expect(namedFields([...response.headers].flat())).toMatchObject({
      'access-control-allow-origin': 'https://app.example',
      'access-control-allow-credentials': 'true',
      'access-control-allow-headers': 'authorization',
      vary: expect.stringContaining('Origin'),
    });
  });

  test('a preflight is answered where the route serves no OPTIONS, and a 405 carries CORS', async () => {
    const headers = { origin: 'https://app.example' };
    const preflight = await fetch(`${gateway.url}/orders/v1/list`, {
      method: 'OPTIONS',
      headers: { ...headers, 'access-control-request-method': 'GET' },
    });
    expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([204, 'https://app.example']);
    const refused = await fetch(`${gateway.url}/orders/v1/list`, { method: 'PUT', headers });
    expect([refused.status, refused.headers.get('allow'), refused.headers.get('access-control-allow-origin')]).toEqual([
      405,
      'GET',
      'https://app.example',
    ]);
  });

  test('errors carry it too, and what the upstream says is replaced', async () => {
    const refused = await get('/orders/v1/echo', { origin: 'https://app.example' });
    expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([401, 'https://app.example']);
    const token = await gateway.issueToken('orders');
    const answered = await get('/orders/v1/cors', { origin: 'https://app.example', authorization: `Bearer ${token}` });
    expect(answered.headers.get('access-control-allow-origin')).toBe('https://app.example');
    expect(answered.headers.get('vary')).toBe('Accept, Origin');
    const other = await get('/orders/v1/cors', { origin: 'https://evil.example', authorization: `Bearer ${token}` });
    expect(other.headers.get('access-control-allow-origin')).toBeNull();
  });
});

test('BEHAVIOURS 93: a well-formed correlation id is taken, sent on and returned; another is replaced', async () => {
  const token = await gateway.issueToken('orders');
  const authorization = `Bearer ${token}`;
  const taken = await get('/orders/v1/echo', { authorization, 'x-correlation-id': 'abc-1' });
  expect(taken.headers.get('x-correlation-id')).toBe('abc-1');
  expect((await gateway.seenFields())['x-correlation-id']).toBe('abc-1');
  const replaced = await get('/orders/v1/echo', { authorization, 'x-correlation-id': 'a b' });
  expect(replaced.headers.get('x-correlation-id')).toMatch(/^[0-9a-f-]{36}$/);
});

test('BEHAVIOURS 92: on an open API calls count per client address', async () => {
  const statuses = [];
  for (let i = 0; i < 3; i++) statuses.push((await get('/open/limited/echo')).status);
  expect(statuses).toEqual([200, 200, 429]);
});

test('BEHAVIOURS 95: health is on the internal port alone', async () => {
  for (const path of ['/healthz', '/readyz', '/metrics', '/authz']) expect((await get(path)).status).toBe(404);
  const { internal } = gateway.installation.urls;
  expect(await (await fetch(`${internal}/healthz`)).json()).toEqual({ status: 'ok' });
  expect(await (await fetch(`${internal}/readyz`)).json()).toEqual({
    status: 'ready',
    changeFeed: 'followed',
    degraded: [],
    withoutTarget: [],
  });
});
