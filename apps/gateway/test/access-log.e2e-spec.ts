/** The access log, the warnings of slow and failed calls, and what must be in neither. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ACCESS_LOG_FIELDS } from '../../../libs/config/src/access-log-field.js';
import { until } from '../../../test/harness/installation.js';
import { scrape } from './exposition.js';
import { type GatewayUnderTest, rawClient, startGatewayUnderTest } from './gateway-under-test.js';

const CONFIG = readFileSync(join(import.meta.dirname, 'config/gatehouse.yaml'), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'gatehouse-access-'));
const file = join(folder, 'access.log');
const settings = (more: string): string =>
  `${CONFIG}accessLog: { enabled: true, file: ${file}, fields: [${ACCESS_LOG_FIELDS}]${more} }\nslowCalls: { threshold: 250ms }\n`;

let gateway: GatewayUnderTest;
beforeAll(async () => {
  gateway = await startGatewayUnderTest({ files: { 'gatehouse.yaml': settings('') } });
});
afterAll(async () => {
  await gateway?.stop();
  rmSync(folder, { recursive: true, force: true });
});

type Line = Record<string, unknown>;
const text = (): string => (existsSync(file) ? readFileSync(file, 'utf8') : '');
const lines = (): Line[] =>
  text()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
/** The line of a call that was made with this correlation id. */
async function lineOf(correlationId: string): Promise<Line> {
  const find = (): Line | undefined => lines().find((line) => line.correlationId === correlationId);
  await until(() => find() !== undefined, `a line of ${correlationId}`);
  return find() as Line;
}
const call = async (path: string, init?: RequestInit): Promise<Response> => {
  const response = await fetch(gateway.url + path, init);
  await response.arrayBuffer();
  return response;
};

test('BEHAVIOURS 93: a call is one line of JSON with the id that the client sent, who called, and how long it took', async () => {
  const token = await gateway.issueToken('orders', { scopes: ['read'], person: 'ann@example.com' });
  await call('/orders/v1/echo?page=7&q=%22', {
    method: 'POST',
    body: 'four',
    headers: { authorization: `Bearer ${token}`, 'x-correlation-id': 'call-1', 'user-agent': 'a "quoted" agent' },
  });
  const line = await lineOf('call-1');
  expect(Object.keys(line)).toEqual([...ACCESS_LOG_FIELDS]);
  expect(line).toMatchObject({
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    client: expect.stringMatching(/^(127\.0\.0\.1|::1)$/),
    method: 'POST',
    path: '/orders/v1/echo',
    query: '?page=*&q=*',
    userAgent: 'a "quoted" agent',
    status: 200,
    reason: null,
    cutBy: null,
    api: 'orders',
    route: '/orders/v1',
    plan: 'unlimited',
    application: 'shop',
    user: expect.any(String),
    bytesIn: 4,
  });
  for (const name of ['duration', 'ownTime', 'upstreamTime']) expect([name, typeof line[name]]).toEqual([name, 'number']);
});

test('BEHAVIOURS 93: without traces of our own a well-formed traceparent passes as it came, any other not at all', async () => {
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00';
  await call('/open/echo', { headers: { traceparent, tracestate: 'vendor=1' } });
  expect(await gateway.seenFields()).toMatchObject({ traceparent, tracestate: 'vendor=1' });
  await call('/open/echo', { headers: { traceparent: `${traceparent}x`, tracestate: 'vendor=1' } });
  const fields = await gateway.seenFields();
  expect([fields.traceparent, fields.tracestate]).toEqual([undefined, undefined]);
});

test('an answer of our own has its reason', async () => {
  await call('/orders/v1/echo', { headers: { 'x-correlation-id': 'call-2' } });
  expect(await lineOf('call-2')).toMatchObject({ status: 401, reason: 'no-credential', upstreamTime: null, application: null });
});

test('a client that left and an answer that broke off show', async () => {
  const client = rawClient(gateway.port);
  client.send('GET /open/sse?left HTTP/1.1\r\nHost: x\r\n\r\n');
  await client.waitFor(/data: 1/);
  client.socket.destroy();
  await until(() => lines().some((line) => line.query === '?left' && line.cutBy === 'client' && line.status === 200), 'the client left');
  await call('/open/cutLength').catch(() => undefined);
  await until(() => lines().some((line) => line.path === '/open/cutLength' && line.cutBy === 'upstream'), 'the answer broke off');
});

test('slow and failed calls are warned of, with their correlation id', async () => {
  const warnings = (message: string): Line[] =>
    gateway.installation
      .output()
      .split('\n')
      .filter((line) => line.startsWith('{') && line.includes(message))
      .map((line) => JSON.parse(line));
  const id = (response: Response): Promise<Line> => response.json() as Promise<Line>;
  const failed = await id(await fetch(`${gateway.url}/gone/x`));
  await until(() => warnings('A call failed.').length > 0, 'a failed call');
  expect(warnings('A call failed.')).toContainEqual(
    expect.objectContaining({
      correlationId: failed.correlation_id ?? failed.correlationId,
      api: 'gone',
      status: 502,
      reason: 'upstream-unreachable',
    }),
  );
  await call('/open/slow');
  const slow = (): Line | undefined => warnings('A call was slow.').find((line) => line.api === 'open');
  await until(() => slow() !== undefined, 'a slow call');
  expect(slow()).toMatchObject({ route: '/open', upstreamMs: expect.any(Number), correlationId: expect.any(String) });
});

test('BEHAVIOURS 93: no token, key, code or cookie is in log, access log or metrics, wherever it was sent', async () => {
  const token = await gateway.issueToken('orders');
  const jwt = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJzZWNyZXQtamwtd3QifQ.c2VjcmV0LXNpZ25hdHVyZQ';
  const secrets = [token, jwt, 'shop-key', 'c0de-of-a-flow', 'cookie-of-a-session', 'basic-dXNlcjpwYXNz', 'refresh-me-not'];
  const headers = { cookie: `sid=${secrets[4]}` };
  const attempts: [string, Record<string, string>][] = [
    ['/orders/v1/echo', { authorization: `Bearer ${token}` }],
    [`/orders/v1/echo?access_token=${token}`, { 'x-correlation-id': token }],
    [`/orders/v1/${token}/${jwt}`, { authorization: `Bearer ${jwt}`, 'user-agent': jwt }],
    [`/open/echo?code=${secrets[3]}&state=${secrets[6]}#x`, { authorization: `Basic ${secrets[5]}` }],
    ['/reports/echo', { 'x-apikey': 'shop-key' }],
    ['/reports/echo', { 'x-apikey': 'shop-key', authorization: `Bearer ${token}` }],
    ['/gone/x', { authorization: `Bearer ${token}`, 'x-apikey': 'shop-key' }],
    [`/nowhere/${token}?refresh_token=${secrets[6]}`, { authorization: `Bearer ${token}` }],
    ['/open/slow', { authorization: `Bearer ${token}` }],
    ['/orders/v1/cutBefore', { authorization: `Bearer ${token}`, 'x-correlation-id': token }],
    ['/open/cutBefore', { authorization: `Bearer ${token}`, 'x-correlation-id': jwt }],
  ];
  const before = lines().length;
  for (const [path, fields] of attempts) await call(path, { headers: { ...headers, ...fields } });
  await until(() => lines().length >= before + attempts.length, 'a line of each call');
  const { text: metrics } = await scrape(gateway.installation.urls.internal);
  for (const [what, output] of Object.entries({ log: gateway.installation.output(), 'access log': text(), metrics })) {
    for (const secret of secrets) expect([what, secret, output.includes(secret)]).toEqual([what, secret, false]);
  }
});

test('with a sample of none, failed calls alone have a line; the log follows a reload', async () => {
  gateway.installation.writeConfig('gatehouse.yaml', settings(', sample: 0'));
  let round = 0;
  await until(async () => {
    round++;
    await call(`/open/echo?good-${round}`);
    await call(`/gone/x?failed-${round}`);
    await until(() => lines().some((line) => line.query === `?failed-${round}`), 'a failed call has a line');
    return !lines().some((line) => line.query === `?good-${round}`);
  }, 'good calls have no line any more');
  gateway.installation.writeConfig('gatehouse.yaml', settings(', sample: 0, slowerThan: 250ms'));
  await until(async () => {
    await call('/open/slow?slower');
    return lines().some((line) => line.query === '?slower');
  }, 'a slow call has a line');
});

test('a stop writes what is left: no call lacks its line', async () => {
  gateway.installation.writeConfig('gatehouse.yaml', settings(''));
  await until(async () => {
    await call('/open/echo?all');
    // Slow ones have a line under the config before, too.
    return lines().some((line) => line.query === '?all' && (line.duration as number) < 250);
  }, 'every call has a line again');
  const before = (await scrape(gateway.installation.urls.internal)).sum('gatehouse_gateway_access_log_lines_total');
  await Promise.all(Array.from({ length: 200 }, (_, i) => call(`/open/echo?last=${i}`, { headers: { 'user-agent': `last-${i}` } })));
  const told = (await scrape(gateway.installation.urls.internal)).sum('gatehouse_gateway_access_log_lines_total');
  expect(told - before).toBe(200);
  expect(await gateway.installation.end('SIGTERM')).toBe(0);
  const last = new Set(lines().map((line) => line.userAgent));
  expect(Array.from({ length: 200 }, (_, i) => `last-${i}`).filter((agent) => !last.has(agent))).toEqual([]);
});
