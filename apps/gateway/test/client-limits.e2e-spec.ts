/** What the gateway bears of its clients: how many connections, how slow, and what is no request. On both transports. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { until } from '../../../test/harness/installation.js';
import { BareUpstream } from './bare-upstream.js';
import { scrape } from './exposition.js';
import { type GatewayUnderTest, rawClient, startGatewayUnderTest } from './gateway-under-test.js';

const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
const OFFER = `Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${KEY}\r\n`;
const ACCEPTED =
  'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n';
const CONFIG = readFileSync(join(import.meta.dirname, 'config/gatehouse.yaml'), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'gatehouse-clients-'));

let bare: BareUpstream;
beforeAll(async () => {
  bare = await new BareUpstream().start();
  bare.at('/socket', ({ socket }) => socket.write(ACCEPTED));
});
afterAll(async () => {
  await bare?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const start = (name: string, env: Record<string, string>): Promise<GatewayUnderTest> =>
  startGatewayUnderTest({
    env,
    files: {
      'gatehouse.yaml': `${CONFIG}trustedProxies: [127.0.0.2]\naccessLog: { enabled: true, file: ${logOf(name)}, fields: [status, reason, client, method, api, cutBy] }\n`,
      'apis/gone/api.yaml': `name: Bare\nauth: none\nupstream: { url: "${bare.url}", timeout: 60s }\nroutes: [{ paths: [/bare] }]\n`,
    },
  });
const logOf = (name: string): string => join(folder, `${name}.log`);
const lines = (name: string): Record<string, unknown>[] =>
  (existsSync(logOf(name)) ? readFileSync(logOf(name), 'utf8') : '')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

describe.each(['on', 'off'])('with the fast path %s', (fastPath) => {
  let gateway: GatewayUnderTest;
  beforeAll(async () => {
    gateway = await start(fastPath, {
      GATEWAY_FAST_PATH: fastPath,
      GATEWAY_MAX_CONNECTIONS: '12',
      GATEWAY_MAX_CONNECTIONS_PER_ADDRESS: '4',
      GATEWAY_MIN_RATE: '1000',
      GATEWAY_BODY_PATIENCE: '5s',
      GATEWAY_ANSWER_PATIENCE: '2s',
    });
  });
  afterAll(() => gateway?.stop());

  const metrics = () => scrape(gateway.installation.urls.internal);
  const openConnections = async (): Promise<number> => (await metrics()).sum('gatehouse_gateway_client_connections');
  const noneOpen = () => until(async () => (await openConnections()) === 0, 'no client is connected');

  describe('BEHAVIOURS 85: connections', () => {
    const all: Socket[] = [];
    /** Connects from one of this machine's addresses, and asks. @returns what came back, whole: empty where nothing did */
    async function served(from: string, request = 'GET /open/echo HTTP/1.1\r\nHost: x\r\n\r\n'): Promise<string> {
      const socket = connect({ host: '127.0.0.1', port: gateway.port, localAddress: from });
      all.push(socket);
      socket.on('error', () => undefined);
      socket.write(request);
      return new Promise((done) => {
        socket.once('data', (part) => done(part.toString('latin1').slice(0, 12)));
        socket.once('close', () => done(''));
      });
    }

    test('of one address are capped, those of a trusted proxy are not; all together are; what closes makes room', async () => {
      await noneOpen();
      const socket = await served('127.0.0.1', `GET /bare/socket HTTP/1.1\r\nHost: x\r\n${OFFER}\r\n`);
      expect(socket).toBe('HTTP/1.1 101');
      for (let i = 0; i < 3; i++) expect(await served('127.0.0.1')).toBe('HTTP/1.1 200');
      // The WebSocket is one of the four.
      expect(await served('127.0.0.1')).toBe('');
      for (let i = 0; i < 8; i++) expect(await served('127.0.0.2')).toBe('HTTP/1.1 200');
      expect(await served('127.0.0.3')).toBe('');
      expect(await openConnections()).toBe(12);
      const { sum } = await metrics();
      expect(sum('gatehouse_gateway_client_connections_refused_total', { limit: 'address' })).toBe(1);
      expect(sum('gatehouse_gateway_client_connections_refused_total', { limit: 'total' })).toBe(1);
      expect(gateway.installation.output().match(/Connections of clients are refused/g)).toHaveLength(1);
      all[0]?.destroy();
      await until(async () => (await openConnections()) === 11, 'the WebSocket is gone');
      expect(await served('127.0.0.1')).toBe('HTTP/1.1 200');
      for (const open of all) open.destroy();
      await noneOpen();
    });

    test('whose request asks for a protocol that is not served count once', async () => {
      const request = 'GET /open/echo HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n';
      for (let i = 0; i < 4; i++) expect(await served('127.0.0.1', request)).toBe('HTTP/1.1 200');
      expect(await openConnections()).toBe(4);
      for (const open of all) open.destroy();
      await noneOpen();
    });
  });

  describe('BEHAVIOURS 85: a request whose body does not come', () => {
    const upload = 'POST /open/sink HTTP/1.1\r\nHost: x\r\n';
    const reasonCount = async (reason: string): Promise<number> => (await metrics()).sum('gatehouse_gateway_own_answers_total', { reason });

    test.each([
      ['a length', `${upload}Content-Length: 100000\r\n\r\nabc`],
      ['chunks', `${upload}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n`],
    ])('is 408, and its upstream is let go: %s', async (_, bytes) => {
      const before = await reasonCount('body-slow');
      const client = rawClient(gateway.port);
      client.send(bytes);
      const { text } = await client.closed;
      expect(text).toMatch(/^HTTP\/1\.1 408 [\s\S]*Connection: close\r\n[\s\S]*"status":408/i);
      await until(async () => (await gateway.sight()).open === 0, 'the upstream is let go');
      expect((await reasonCount('body-slow')) - before).toBe(1);
      await until(() => lines(fastPath).some(({ reason }) => reason === 'body-slow'), 'the access log has it');
      expect(lines(fastPath).find(({ reason }) => reason === 'body-slow')).toMatchObject({ status: 408, method: 'POST', api: 'open' });
      await noneOpen();
    });

    test('has no part of an answer that had begun taken for the whole', async () => {
      bare.at('/early', ({ socket }) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc'));
      const client = rawClient(gateway.port);
      client.send('POST /bare/early HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\nabc');
      expect((await client.closed).text).toMatch(/^HTTP\/1\.1 200 [\s\S]*abc$/);
      await until(() => lines(fastPath).some(({ status, cutBy }) => status === 200 && cutBy === 'client'), 'the access log has it');
    });

    test('fast enough goes on', async () => {
      const client = rawClient(gateway.port);
      client.send(`${upload}Connection: close\r\nContent-Length: 24000\r\n\r\n`);
      // For longer than its patience, at more than the rate.
      for (let i = 0; i < 12; i++) {
        client.send('x'.repeat(2_000));
        await new Promise((done) => setTimeout(done, 600));
      }
      expect((await client.closed).text).toContain('"bytes":24000');
    });

    test('is not at fault where the upstream does not take it', async () => {
      bare.at('/hold', ({ socket }) => {
        socket.pause();
        setTimeout(() => socket.resume(), 10_000);
        socket.on('data', (part) => {
          if (part.at(-1) === '!'.charCodeAt(0)) socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
        });
      });
      const client = rawClient(gateway.port);
      const body = `${'x'.repeat(20_000_000)}!`;
      client.send(`POST /bare/hold HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
      expect((await client.closed).text).toMatch(/^HTTP\/1\.1 200 /);
    });
  });

  test('BEHAVIOURS 85: a client that does not take its answer is broken off, one that waits for more of it is not', async () => {
    const listener = rawClient(gateway.port);
    listener.send('GET /bare/stream HTTP/1.1\r\nHost: x\r\n\r\n');
    bare.at('/stream', ({ socket }) => socket.write('HTTP/1.1 200 OK\r\n\r\nfirst'));
    const client = rawClient(gateway.port);
    client.send('GET /open/big?size=100000000 HTTP/1.1\r\nHost: x\r\n\r\n');
    await client.waitFor(/^HTTP\/1\.1 200 /);
    client.socket.pause();
    await until(async () => (await metrics()).sum('gatehouse_gateway_client_connections_slow_total') === 1, 'it is broken off');
    await until(async () => (await gateway.sight()).open === 0, 'the upstream is let go');
    expect(listener.socket.closed).toBe(false);
    client.socket.destroy();
    listener.socket.destroy();
    await noneOpen();
  });

  test.each([
    ['malformed-request', 400, 'NONSENSE\r\n\r\n'],
    ['connect', 405, 'CONNECT y:443 HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['coding', 400, 'POST /open/echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['head-too-large', 431, `GET /open/echo HTTP/1.1\r\nHost: x\r\nA: ${'a'.repeat(40_000)}\r\n\r\n`],
    ['uri-too-long', 414, `GET /${'a'.repeat(40_000)} HTTP/1.1\r\nHost: x\r\n\r\n`],
    ['body-malformed', 400, 'POST /open/echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n'],
    ['body-extensions', 413, `POST /open/echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1;${'a'.repeat(20_000)}\r\n`],
    [
      'body-trailers',
      431,
      `POST /open/echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA: ${'a'.repeat(40_000)}\r\n\r\n`,
    ],
  ])('BEHAVIOURS 72, 85, 94: what the parser refuses is counted and in the access log: %s', async (reason, status, bytes) => {
    await until(async () => {
      const { sum } = await metrics();
      return sum('gatehouse_gateway_calls_in_flight') === 0 && sum('gatehouse_gateway_access_log_lines_total') === lines(fastPath).length;
    }, 'the calls before are over');
    const before = lines(fastPath).length;
    const client = rawClient(gateway.port);
    client.send(bytes);
    expect((await client.closed).text).toContain(`HTTP/1.1 ${status} `);
    await until(() => lines(fastPath).length > before, 'the access log has it');
    const [line, ...more] = lines(fastPath).slice(before);
    expect(line).toMatchObject({ status, reason, client: expect.stringMatching(/^(127\.0\.0\.1|::1)$/), cutBy: null });
    expect(more).toEqual([]);
    const { sum } = await metrics();
    expect(sum('gatehouse_gateway_own_answers_total', { reason })).toBe(1);
    expect(sum('gatehouse_gateway_calls_in_flight')).toBe(0);
  });

  // The fast path reads it in its turn; node:http at once, and cannot wait with its answer.
  test.each([
    ['plain', 'POST /bare/held HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc'],
    ['chunked', 'POST /bare/held HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n'],
  ])('RFC 9112 §9.3.2: what is no request is refused after the answer to the request before it: %s', async (_kind, request) => {
    const asked = new Promise<Socket>((done) => bare.at('/held', ({ socket }) => done(socket)));
    const client = rawClient(gateway.port);
    client.send(request);
    const upstream = await asked;
    client.send('NONSENSE\r\n\r\n');
    client.send('NONSENSE\r\n\r\n');
    await new Promise((done) => setTimeout(done, 50));
    expect(client.received()).toBe('');
    upstream.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
    const { text } = await client.closed;
    expect([...text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status))).toEqual([200, 400]);
    await noneOpen();
  });

  test('BEHAVIOURS 85: a head that does not come is counted, too', async () => {
    const client = rawClient(gateway.port);
    client.send('GET / HT');
    expect((await client.closed).text).toMatch(/^HTTP\/1\.1 408 /);
    await until(() => lines(fastPath).some(({ reason, status }) => reason === 'late-request' && status === 408), 'the access log has it');
  }, 60_000);
});
