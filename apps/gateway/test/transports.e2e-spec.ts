/** Both transports give the same answer to the same bytes: the fast path, which leaves most of these to node:http, and node:http alone. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { until } from '../../../test/harness/installation.js';
import { BareUpstream } from './bare-upstream.js';
import { type GatewayUnderTest, rawClient, startGatewayUnderTest } from './gateway-under-test.js';
import { REQUEST_CORPUS } from './request-corpus.js';

let fast: GatewayUnderTest;
let plain: GatewayUnderTest;
beforeAll(async () => {
  [fast, plain] = await Promise.all([
    startGatewayUnderTest({ env: { GATEWAY_FAST_PATH: 'on' } }),
    startGatewayUnderTest({ env: { GATEWAY_FAST_PATH: 'off' } }),
  ]);
});
afterAll(() => Promise.all([fast?.stop(), plain?.stop()]));

const wait = (ms: number) => new Promise((done) => setTimeout(done, ms));

/** Everything that comes back, until the connection ends or falls silent; what differs from run to run taken out. */
async function answersOf(gateway: GatewayUnderTest, bytes: string): Promise<string> {
  const client = rawClient(gateway.port);
  client.send(bytes.replaceAll(' @', ' /open/echo'));
  let length = -1;
  const silence = (async () => {
    while (client.received().length === 0 || client.received().length > length) {
      length = client.received().length;
      await wait(700);
    }
  })();
  await Promise.race([client.closed, silence]);
  client.socket.destroy();
  return client
    .received()
    .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '<id>')
    .replace(/date: [^\r]*/gi, 'date')
    .replace(/127\.0\.0\.1:\d+/g, '<upstream>');
}

const statusesOf = (answers: string): number[] => [...answers.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map((match) => Number(match[1]));
/** Order and case of the fields that the gateway itself adds may differ. */
const canonical = (answers: string): string =>
  answers
    .split('\r\n')
    .map((line) => (/^[\w-]+: /.test(line) ? line.toLowerCase() : line))
    .sort()
    .join('\n');

test(`BEHAVIOURS 68–78, 85: ${REQUEST_CORPUS.length} requests of bare bytes, each answered the same way by both transports`, async () => {
  expect(REQUEST_CORPUS.length).toBeGreaterThanOrEqual(175);
  const faults: unknown[] = [];
  const queue = [...REQUEST_CORPUS];
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const [name, bytes, expected] = next;
      const [a, b] = await Promise.all([answersOf(fast, bytes), answersOf(plain, bytes)]);
      const seen = { fast: statusesOf(a), node: statusesOf(b) };
      if (JSON.stringify(seen) !== JSON.stringify({ fast: expected, node: expected })) faults.push({ name, expected, seen });
      else if (canonical(a) !== canonical(b)) faults.push({ name, a, b });
    }
  };
  await Promise.all(Array.from({ length: 16 }, work));
  expect(faults).toEqual([]);
}, 120_000);

describe('the fast path', () => {
  test('a body that comes in pieces, held back and not, and the next request behind it', async () => {
    const client = rawClient(fast.port);
    client.send('POST /open/echo HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc');
    await wait(30);
    client.send('def');
    await wait(30);
    client.send('ghiGET /open/echo?next HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    const { text } = await client.closed;
    expect(text).toContain('"body":"abcdefghi"');
    expect(text).toContain('/echo?next');
  });

  test('a head that comes in pieces is node:http’s, and stays whole', async () => {
    const client = rawClient(fast.port);
    for (const byte of 'GET /open/echo HTTP/1.1\r\nHost: x\r\nA: piecewise\r\nConnection: close\r\n\r\n') {
      client.send(byte);
      await wait(1);
    }
    expect((await client.closed).text).toContain('piecewise');
  });

  test('after an early answer the rest of a body is dropped, and the connection goes on', async () => {
    const client = rawClient(fast.port);
    client.send('POST /none HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\n\r\nabc');
    await client.waitFor(/ 404 /);
    client.send('defGET /open/echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    expect(statusesOf((await client.closed).text)).toEqual([404, 200]);
  });

  test('BEHAVIOURS 82: requests ahead of a silent answer are held, and no more than a little is read', async () => {
    const client = rawClient(fast.port);
    client.send('GET /open/never HTTP/1.1\r\nHost: x\r\n\r\n');
    const before = await fast.sight();
    let sent = 0;
    const part = `GET /open/echo HTTP/1.1\r\nHost: x\r\nA: ${'a'.repeat(10_000)}\r\n\r\n`;
    for (let i = 0; i < 2_000 && client.socket.writableLength < 1_000_000; i++) {
      client.socket.write(part);
      sent += part.length;
      if (i % 100 === 0) await wait(1);
    }
    expect(sent).toBeLessThan(2_000 * part.length);
    expect((await fast.sight()).requests - before.requests).toBeLessThanOrEqual(1);
    client.socket.destroy();
    await until(async () => (await fast.sight()).open === 0, 'the upstream is let go');
  });

  test('a client that closes its half behind the request is gone, as for node:http', async () => {
    const client = rawClient(fast.port);
    client.socket.end('GET /open/slow HTTP/1.1\r\nHost: x\r\n\r\n');
    expect(statusesOf((await client.closed).text)).toEqual([]);
  });

  test('BEHAVIOURS 85: a connection that brings nothing is answered 408, for ever silent ones are closed', async () => {
    const [quick, slow] = [fast, plain].map(({ port }) => rawClient(port));
    const partial = rawClient(fast.port);
    partial.send('GET / HT');
    const [a, b, c] = await Promise.all([quick?.closed, slow?.closed, partial.closed]);
    expect([a, b, c].map((closed) => statusesOf(closed?.text ?? ''))).toEqual([[408], [408], [408]]);
  }, 60_000);
});

test('BEHAVIOURS 96: on stop, a kept connection is closed at once, one in a call after its answer', async () => {
  const upstream = await new BareUpstream().start();
  let release: () => void = () => undefined;
  upstream.at('/held', ({ socket }) => {
    release = () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlate');
  });
  const stopping = await startGatewayUnderTest({
    env: { GATEWAY_FAST_PATH: 'on' },
    files: { 'apis/gone/api.yaml': `name: Bare\nauth: none\nupstream: { url: "${upstream.url}" }\nroutes: [{ paths: [/bare] }]\n` },
  });
  try {
    const idle = rawClient(stopping.port);
    idle.send('GET /open/echo HTTP/1.1\r\nHost: x\r\n\r\n');
    await idle.waitFor(/\r\n\r\n\{.*\}$/);
    const fresh = rawClient(stopping.port);
    const busy = rawClient(stopping.port);
    busy.send('GET /bare/held HTTP/1.1\r\nHost: x\r\n\r\n');
    await until(() => upstream.seen.includes('GET /held'), 'the upstream was asked');
    const ended = stopping.installation.end('SIGTERM');
    // Those that are closed only when the stop's budget is spent take the call with them.
    expect(statusesOf((await idle.closed).text)).toEqual([200]);
    expect((await fresh.closed).text).toBe('');
    release();
    expect((await busy.closed).text).toMatch(/^HTTP\/1\.1 200 [\s\S]*Connection: close\r\n[\s\S]*late$/);
    expect(await ended).toBe(0);
  } finally {
    await stopping.stop();
    await upstream.stop();
  }
});
