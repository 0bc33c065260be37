/** WebSocket and other calls that outlive their check, between the `ws` package, bare bytes, and the built gateway. */
import { createServer, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { WebSocket, WebSocketServer } from 'ws';
import { until } from '../../../test/harness/installation.js';
import { type GatewayUnderTest, namedFields, rawClient, rawExchange, startGatewayUnderTest } from './gateway-under-test.js';

const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
const OFFER = `Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${KEY}\r\n`;
const ACCEPTED =
  'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n';

let gateway: GatewayUnderTest;
let upstream: Server;
/** Answers any handshake with a wrong 101. */
let liar: Server | ReturnType<typeof createTcpServer>;
let cappedUrl: string;
let handshakes: string[][];
let connected: WebSocket[];
const bare: Socket[] = [];
/** Of handshakes that wait for their answer. */
const waiting: { accept: () => void; received: () => string; closed: boolean }[] = [];

beforeAll(async () => {
  handshakes = [];
  connected = [];
  const sockets = new WebSocketServer({ noServer: true, handleProtocols: (offered) => [...offered].at(-1) as string });
  upstream = createServer((request, response) => {
    if (request.url?.startsWith('/sse')) {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\n\n');
      return;
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ url: request.url, raw: request.rawHeaders }));
  });
  upstream.on('upgrade', (request, socket, head) => {
    handshakes.push(request.rawHeaders);
    if (request.url === '/refuse') {
      socket.end('HTTP/1.1 403 Forbidden\r\nContent-Type: text/plain\r\nContent-Length: 7\r\nX-Own: yes\r\n\r\nnot you');
      return;
    }
    if (request.url === '/sse') {
      bare.push(socket as Socket);
      socket.on('error', () => undefined);
      socket.write('HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n9\r\ndata: 1\n\n\r\n');
      return;
    }
    if (request.url === '/bare') {
      bare.push(socket as Socket);
      socket.write(ACCEPTED);
      return;
    }
    if (request.url === '/late') {
      bare.push(socket as Socket);
      let text = head.toString('latin1');
      const handshake = { accept: () => void socket.write(ACCEPTED), received: () => text, closed: false };
      waiting.push(handshake);
      socket.on('data', (bytes: Buffer) => (text += bytes.toString('latin1')));
      socket.on('error', () => undefined);
      socket.on('end', () => socket.end());
      socket.on('close', () => (handshake.closed = true));
      return;
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      connected.push(webSocket);
      webSocket.on('message', (data, binary) => webSocket.send(data, { binary }));
    });
  });
  liar = createTcpServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () =>
      socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: bm8=\r\n\r\n'),
    );
  });
  const listening = [upstream, liar].map(async (server) => {
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  const [url, liarUrl] = await Promise.all(listening);
  // Its connections are counted apart from those of the others.
  cappedUrl = (url as string).replace('127.0.0.1', 'localhost');
  gateway = await startGatewayUnderTest({
    files: {
      'apis/orders/api.yaml': `name: Orders
auth: oauth2
authMethods: [local]
plans: [unlimited]
oauth2: { scopes: { read: Read } }
upstream: { url: "${url}", timeout: 5s }
webSocket: { origins: ["https://app.example"] }
routes:
  - { paths: [/orders] }
  - { paths: [/orders/read], scopes: [read] }
`,
      'apis/reports/api.yaml': `name: Reports
auth: key-auth
plans: [unlimited, tight]
upstream: { url: "${url}" }
routes: [{ paths: [/reports] }]
`,
      'apis/open/api.yaml': `name: Open
auth: none
upstream: { url: "${url}" }
webSocket: { idleTimeout: 2s }
routes: [{ paths: [/open] }]
`,
      'apis/patient/api.yaml': `name: Patient
auth: none
upstream: { url: "${url}", timeout: 10m }
routes: [{ paths: [/patient] }]
`,
      'apis/capped/api.yaml': `name: Capped
auth: none
upstream: { url: "${cappedUrl}", timeout: 5s, maxConnections: 2, maxWaiting: 1, waitTimeout: 300ms }
routes: [{ paths: [/capped] }]
`,
      'apis/roomy/api.yaml': `name: Roomy
auth: none
upstream: { url: "${cappedUrl}", timeout: 5s, maxConnections: 1, waitTimeout: 60s }
routes: [{ paths: [/roomy] }]
`,
      'apis/gone/api.yaml': `name: Liar
auth: none
upstream: { url: "${liarUrl}" }
routes: [{ paths: [/liar] }]
`,
    },
  });
});
afterAll(async () => {
  await gateway?.stop();
  for (const socket of [...connected]) socket.terminate();
  for (const socket of bare) socket.destroy();
  upstream.closeAllConnections();
  await Promise.all([upstream, liar].map((server) => new Promise((done) => server.close(done))));
});

const bearer = async (ttl = 3_600) => ({ authorization: `Bearer ${await gateway.issueToken('orders', { scopes: ['read'], ttl })}` });

function dial(path: string, headers: Record<string, string> = {}, protocols: string[] = []): WebSocket {
  return new WebSocket(`${gateway.url.replace('http', 'ws')}${path}`, protocols, { headers });
}
async function open(path: string, headers: Record<string, string> = {}, protocols: string[] = []): Promise<WebSocket> {
  const socket = dial(path, headers, protocols);
  await new Promise((done, failed) => socket.once('open', done).once('error', failed));
  return socket;
}
const closed = (socket: WebSocket): Promise<{ code: number; reason: string }> =>
  new Promise((done) => socket.once('close', (code, reason) => done({ code, reason: String(reason) })));
const refused = (socket: WebSocket): Promise<{ status: number; headers: Record<string, unknown>; body: string }> =>
  new Promise((done, failed) => {
    socket.once('open', () => failed(new Error('It was opened.')));
    socket.on('error', () => undefined);
    socket.once('unexpected-response', async (_, response) => {
      let body = '';
      for await (const part of response) body += part;
      done({ status: response.statusCode as number, headers: response.headers, body });
    });
  });
const message = (socket: WebSocket): Promise<string> => new Promise((done) => socket.once('message', (data) => done(String(data))));
const latestUpstream = (): WebSocket => connected.at(-1) as WebSocket;

describe('BEHAVIOURS 87: a WebSocket', () => {
  test('carries messages of any size both ways, with the subprotocol that the upstream chose', async () => {
    const socket = await open('/orders/chat', await bearer(), ['v1', 'v2']);
    expect(socket.protocol).toBe('v2');
    for (const text of ['a', 'b'.repeat(70_000), 'c'.repeat(3_000_000)]) {
      socket.send(text);
      expect((await message(socket)) === text).toBe(true);
    }
    socket.close();
  });

  test('closes with the code that either end gave', async () => {
    const mine = await open('/orders/chat', await bearer());
    const heard = closed(latestUpstream());
    mine.close(4_001, 'mine');
    expect(await heard).toEqual({ code: 4_001, reason: 'mine' });
    const theirs = await open('/orders/chat', await bearer());
    const told = closed(theirs);
    latestUpstream().close(4_002, 'theirs');
    expect(await told).toEqual({ code: 4_002, reason: 'theirs' });
  });

  test('that is broken at one end is broken at the other', async () => {
    const mine = await open('/orders/chat', await bearer());
    const heard = closed(latestUpstream());
    mine.terminate();
    expect((await heard).code).toBe(1_006);
    const theirs = await open('/orders/chat', await bearer());
    const told = closed(theirs);
    latestUpstream().terminate();
    expect((await told).code).toBe(1_006);
  });

  test('70: says who calls, and takes out what the client said of that, and its credential', async () => {
    const socket = await open('/orders/chat', {
      ...(await bearer()),
      'x-consumer-id': 'forged',
      x_plan_id: 'forged',
      'x-real-ip': '1.1.1.1',
    });
    const fields = namedFields(handshakes.at(-1) as string[]);
    expect(fields).toMatchObject({
      'x-consumer-id': 'shop',
      'x-plan-id': 'unlimited',
      'x-forwarded-prefix': '/orders',
      upgrade: 'websocket',
    });
    expect(Object.keys(fields)).not.toEqual(expect.arrayContaining(['authorization']));
    expect(JSON.stringify(fields)).not.toMatch(/forged|1\.1\.1\.1/);
    socket.terminate();
    const byKey = await open('/reports/chat', { 'x-apikey': 'shop-key' });
    expect(namedFields(handshakes.at(-1) as string[])['x-apikey']).toBeUndefined();
    byKey.terminate();
  });

  test('is refused before the upstream hears of it: credential, scope, token in the query, origin', async () => {
    const before = handshakes.length;
    expect(await refused(dial('/orders/chat'))).toMatchObject({
      status: 401,
      headers: { 'www-authenticate': expect.stringMatching(/^Bearer/) },
    });
    const poor = await gateway.issueToken('orders');
    expect((await refused(dial('/orders/read', { authorization: `Bearer ${poor}` }))).status).toBe(403);
    expect((await refused(dial(`/orders/chat?access_token=${poor}`))).status).toBe(400);
    expect((await refused(dial('/orders/chat', { ...(await bearer()), origin: 'https://evil.example' }))).status).toBe(403);
    expect((await refused(dial('/none'))).status).toBe(404);
    expect(handshakes.length).toBe(before);
  });

  test('may be opened by pages of origins that are named, and of the API’s own', async () => {
    for (const origin of ['https://app.example', gateway.url]) (await open('/orders/chat', { ...(await bearer()), origin })).terminate();
  });

  test.each([
    [
      'another version',
      `Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 8\r\nSec-WebSocket-Key: ${KEY}\r\n`,
      'GET',
      426,
    ],
    ['no version', `Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: ${KEY}\r\n`, 'GET', 426],
    ['no key', 'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n', 'GET', 400],
    ['a short key', 'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: YQ==\r\n', 'GET', 400],
    ['two keys', `${OFFER}Sec-WebSocket-Key: ${KEY}\r\n`, 'GET', 400],
    ['POST', OFFER, 'POST', 400],
    ['a body', `${OFFER}Content-Length: 3\r\n`, 'GET', 400],
  ])('is not opened with %s', async (_, fields, method, status) => {
    const before = handshakes.length;
    const answer = await rawExchange(gateway.port, `${method} /open/chat HTTP/1.1\r\nHost: x\r\n${fields}\r\n`);
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(answer).toContain('application/problem+json');
    if (status === 426) expect(answer).toContain('Sec-WebSocket-Version: 13\r\n');
    expect(handshakes.length).toBe(before);
  });

  test('that the upstream refuses is answered as it says, and a wrong 101 is no answer', async () => {
    expect(await refused(dial('/orders/refuse', await bearer()))).toMatchObject({
      status: 403,
      headers: { 'x-own': 'yes' },
      body: 'not you',
    });
    expect((await refused(dial('/liar'))).status).toBe(502);
  });

  test('holds the faster end back', async () => {
    const client = rawClient(gateway.port);
    client.send(`GET /orders/chat HTTP/1.1\r\nHost: x\r\nAuthorization: ${(await bearer()).authorization}\r\n${OFFER}\r\n`);
    await client.waitFor(/ 101 [\s\S]*\r\n\r\n/);
    client.socket.pause();
    const server = latestUpstream();
    for (let i = 0; i < 60; i++) server.send(Buffer.alloc(1_000_000));
    await until(() => server.bufferedAmount > 0, 'the upstream is asked to wait');
    await new Promise((done) => setTimeout(done, 500));
    expect(server.bufferedAmount).toBeGreaterThan(30_000_000);
    client.socket.resume();
    await until(() => server.bufferedAmount === 0, 'all of it is taken');
    client.socket.destroy();
  });

  test('lives as long as both ends answer pings, and not without', async () => {
    const lively = await open('/open/chat');
    let pings = 0;
    lively.on('ping', () => pings++);
    const silent = rawClient(gateway.port);
    silent.send(`GET /open/chat HTTP/1.1\r\nHost: x\r\n${OFFER}\r\n`);
    const heard = rawClient(gateway.port);
    heard.send(`GET /open/bare HTTP/1.1\r\nHost: x\r\n${OFFER}\r\n`);
    // A ping, then a close frame with 1001; the upstream that says nothing costs the client its connection, too.
    const [ping, goingAway] = ['\x89\0', '\x88\x13\x03\xe9'];
    const { text } = await silent.closed;
    expect([text.includes(ping), text.includes(goingAway)]).toEqual([true, true]);
    expect((await heard.closed).text).toContain(goingAway);
    await until(() => pings > 2, 'it was pinged, and lives');
    expect(lively.readyState).toBe(WebSocket.OPEN);
    lively.terminate();
  });

  test.each([
    ['its half', (client: Socket) => void client.end()],
    ['its connection', (client: Socket) => void client.destroy()],
    ['its half behind a frame', (client: Socket) => void client.end('\x81\x80\0\0\0\0', 'latin1')],
  ])('81: of a client that closes %s before it is accepted is given up at once', async (_, leave) => {
    const client = rawClient(gateway.port);
    const before = waiting.length;
    client.send(`GET /patient/late HTTP/1.1\r\nHost: x\r\n${OFFER}\r\n`);
    await until(() => waiting.length > before, 'the upstream is asked');
    leave(client.socket);
    // The upstream may take ten minutes.
    await until(() => waiting[before]?.closed === true, 'the upstream is let go');
    await client.closed;
  });

  test.each([
    ['a little', 10],
    ['more than is read ahead', 300_000],
  ])('gets what its client sent before it was accepted: %s', async (_, length) => {
    const client = rawClient(gateway.port);
    const before = waiting.length;
    client.send(`GET /patient/late HTTP/1.1\r\nHost: x\r\n${OFFER}\r\nbehind the head, `);
    await until(() => waiting.length > before, 'the upstream is asked');
    const upstream = waiting[before] as (typeof waiting)[number];
    const sent = 'x'.repeat(length);
    client.send(sent);
    await new Promise((done) => setTimeout(done, 100));
    upstream.accept();
    await client.waitFor(/ 101 /);
    client.send(', behind the answer');
    const all = `behind the head, ${sent}, behind the answer`;
    await until(() => upstream.received().length >= all.length, 'all of it is there');
    expect(upstream.received() === all).toBe(true);
    client.socket.destroy();
    await until(() => upstream.closed, 'the upstream is let go');
  });

  test('behind other requests on one connection waits for their answers', async () => {
    const client = rawClient(gateway.port);
    client.send(
      `GET /open/a HTTP/1.1\r\nHost: x\r\n\r\nGET /open/b HTTP/1.1\r\nHost: x\r\nTE: trailers\r\n\r\nGET /open/chat HTTP/1.1\r\nHost: x\r\n${OFFER}\r\n`,
    );
    expect(await client.waitFor(/ 101 /)).toMatch(/ 200 [\s\S]*"\/a"[\s\S]* 200 [\s\S]*"\/b"[\s\S]* 101 /);
    client.socket.destroy();
  });
});

describe('BEHAVIOURS 64, 87: a call that outlives its check ends with its credential', () => {
  const revoke = (authorization: string): Promise<unknown> =>
    gateway.installation.sql(
      `BEGIN; DELETE FROM access_token WHERE hash = sha256('${authorization.slice(7)}');
       INSERT INTO change_event (txid, kind, subject_id)
       SELECT pg_current_xact_id()::text::bigint, 'access_token', encode(sha256('${authorization.slice(7)}'), 'hex'); COMMIT`,
    );

  test('a WebSocket is closed with 1008 when its token expires, and when it is revoked; one of another token goes on', async () => {
    const other = await open('/orders/chat', await bearer());
    const expiring = closed(await open('/orders/chat', await bearer(3)));
    const headers = await bearer();
    const revoked = closed(await open('/orders/chat', headers));
    const heard = closed(latestUpstream());
    await revoke(headers.authorization);
    const outcome = { code: 1_008, reason: 'The credential is no longer valid' };
    expect([await expiring, await revoked, await heard]).toEqual([outcome, outcome, outcome]);
    other.send('still here');
    expect(await message(other)).toBe('still here');
    other.terminate();
  });

  test.each([
    ['the fast path', ''],
    ['node:http', 'TE: trailers\r\n'],
    ['an upstream that was asked for a WebSocket', OFFER],
  ])('an event stream of %s is cut when its token expires, and when it is revoked', async (_, fields) => {
    const stream = async (headers: { authorization: string }) => {
      const client = rawClient(gateway.port);
      client.send(`GET /orders/sse HTTP/1.1\r\nHost: x\r\nAuthorization: ${headers.authorization}\r\n${fields}\r\n`);
      await client.waitFor(/data: 1/);
      return client;
    };
    const headers = await bearer();
    const [other, expiring, revoked] = await Promise.all([stream(await bearer()), stream(await bearer(3)), stream(headers)]);
    await revoke(headers.authorization);
    // Cut, and not ended: there is no last chunk.
    expect((await expiring.closed).text).toMatch(/data: 1\n\n\r\n$/);
    expect((await revoked.closed).text).toMatch(/data: 1\n\n\r\n$/);
    expect(other.socket.destroyed).toBe(false);
    other.socket.destroy();
  });

  test('a blocked subscription ends what its API key opened', async () => {
    const socket = await open('/reports/chat', { 'x-apikey': 'small-key' });
    const end = closed(socket);
    await gateway.installation.sql(
      `BEGIN; UPDATE subscription SET status = 'blocked' WHERE application_id = 'small';
       INSERT INTO change_event (txid, kind, subject_id)
       SELECT pg_current_xact_id()::text::bigint, 'subscription', id::text FROM subscription WHERE application_id = 'small'; COMMIT`,
    );
    expect((await end).code).toBe(1_008);
  });
});

describe('what is no wish for a WebSocket is an ordinary call (RFC 9110 §7.8)', () => {
  test.each([
    ['h2c', 'HTTP/1.1', 'Connection: Upgrade, close\r\nUpgrade: h2c\r\n'],
    ['without Connection', 'HTTP/1.1', 'Connection: close\r\nUpgrade: websocket\r\n'],
    ['HTTP/1.0', 'HTTP/1.0', OFFER],
  ])('%s', async (_, version, fields) => {
    const answer = await rawExchange(gateway.port, `GET /open/plain HTTP/1.1\r\nHost: x\r\n${fields}\r\n`.replace('HTTP/1.1', version));
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    expect(answer.toLowerCase()).not.toContain('"upgrade"');
  });

  test('with its body, and the request behind it', async () => {
    const client = rawClient(gateway.port);
    client.send('POST /open/a HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: 3\r\n\r\nabc');
    client.send('GET /open/b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    expect((await client.closed).text).toMatch(/ 200 [\s\S]*"\/a"[\s\S]* 200 [\s\S]*"\/b"/);
  });
});

describe('BEHAVIOURS 87: with maxConnections a WebSocket', () => {
  const status = async (): Promise<number> => (await fetch(`${gateway.url}/capped`)).status;

  test('takes a connection until it is closed: calls and further WebSockets wait, and get 503', async () => {
    const [first, second] = [await open('/capped'), await open('/capped')];
    expect(await status()).toBe(503);
    expect((await refused(dial('/capped'))).status).toBe(503);
    const metrics = await (await fetch(`${gateway.installation.urls.internal}/metrics`)).text();
    expect(metrics).toContain(`gatehouse_gateway_upstream_connections{upstream="${cappedUrl}",state="busy"} 2\n`);
    first.close();
    await until(async () => (await status()) === 200, 'the connection of the closed one serves');
    second.close();
  });

  test('that closes makes room for who waits', async () => {
    const socket = await open('/roomy');
    const waiting = fetch(`${gateway.url}/roomy`);
    const line = `gatehouse_gateway_upstream_waiting{upstream="${cappedUrl}"} 1\n`;
    await until(async () => (await (await fetch(`${gateway.installation.urls.internal}/metrics`)).text()).includes(line), 'a call waits');
    socket.terminate();
    expect((await waiting).status).toBe(200);
  });
});

test('BEHAVIOURS 96: on SIGTERM a WebSocket is closed with 1001, at both ends, and the gateway ends', async () => {
  const socket = await open('/open/chat');
  const ends = [closed(socket), closed(latestUpstream())];
  const ended = gateway.installation.end('SIGTERM');
  expect((await Promise.all(ends)).map(({ code }) => code)).toEqual([1_001, 1_001]);
  expect(await ended).toBe(0);
});
