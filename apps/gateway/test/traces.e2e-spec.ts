/** Traces, as a collector gets them by OTLP over HTTP. */

import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { until } from '../../../test/harness/installation.js';
import { type GatewayUnderTest, startGatewayUnderTest } from './gateway-under-test.js';

interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  /** 2: server; 3: client. */
  readonly kind: number;
  readonly status: { readonly code?: number };
  readonly attributes: readonly { readonly key: string; readonly value: Record<string, unknown> }[];
}

let collector: Server;
let received = '';
const spans: ReceivedSpan[] = [];
let gateway: GatewayUnderTest;
const folder = mkdtempSync(join(tmpdir(), 'gatehouse-traces-'));
const accessLog = join(folder, 'access.log');
const config = readFileSync(join(import.meta.dirname, 'config/gatehouse.yaml'), 'utf8');

beforeAll(async () => {
  collector = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    received += body;
    if (request.url === '/v1/traces')
      for (const { scopeSpans } of JSON.parse(body).resourceSpans) for (const scope of scopeSpans) spans.push(...scope.spans);
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  await new Promise<void>((done) => collector.listen(0, '127.0.0.1', () => done()));
  gateway = await startGatewayUnderTest({
    files: { 'gatehouse.yaml': `${config}accessLog: { enabled: true, file: ${accessLog}, fields: [traceId, path] }\n` },
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(collector.address() as AddressInfo).port}`,
      OTEL_SERVICE_NAME: 'gateway-of-the-test',
      OTEL_BSP_SCHEDULE_DELAY: '50',
    },
  });
});
afterAll(async () => {
  await gateway?.stop();
  rmSync(folder, { recursive: true, force: true });
  await new Promise((done) => collector.close(done));
});

const PARENT = 'b7ad6b7169203331';
let traces = 0;
const newTrace = (): string => `${++traces}`.padStart(32, 'a');
const call = async (path: string, headers: Record<string, string>): Promise<number> => {
  const response = await fetch(gateway.url + path, { headers });
  await response.arrayBuffer();
  return response.status;
};
/** The spans of a trace, once the server's is there, which ends last. */
async function spansOf(traceId: string): Promise<{ server: ReceivedSpan; clients: ReceivedSpan[] }> {
  const server = (): ReceivedSpan | undefined => spans.find((span) => span.traceId === traceId && span.kind === 2);
  await until(() => server() !== undefined, `the trace ${traceId}`);
  return { server: server() as ReceivedSpan, clients: spans.filter((span) => span.traceId === traceId && span.kind === 3) };
}
const attributes = (span: ReceivedSpan): Record<string, unknown> =>
  Object.fromEntries(span.attributes.map(({ key, value }) => [key, Object.values(value)[0]]));

test('BEHAVIOURS 93: a call joins the trace of its client, and the upstream that of the gateway', async () => {
  const trace = newTrace();
  const token = await gateway.issueToken('orders');
  await call('/orders/v1/echo', { traceparent: `00-${trace}-${PARENT}-01`, tracestate: 'vendor=1', authorization: `Bearer ${token}` });
  const { server, clients } = await spansOf(trace);
  expect(server).toMatchObject({ name: 'GET /orders/v1', parentSpanId: PARENT });
  expect(attributes(server)).toMatchObject({
    'http.request.method': 'GET',
    'http.route': '/orders/v1',
    'http.response.status_code': 200,
    'gatehouse.api': 'orders',
    'gatehouse.plan': 'unlimited',
  });
  expect(clients).toHaveLength(1);
  expect(clients[0]).toMatchObject({ name: 'GET', parentSpanId: server.spanId });
  expect(attributes(clients[0] as ReceivedSpan)).toMatchObject({
    'server.port': Number(new URL(gateway.upstreamUrl).port),
    'http.response.status_code': 200,
  });
  expect(await gateway.seenFields()).toMatchObject({ traceparent: `00-${trace}-${clients[0]?.spanId}-01`, tracestate: 'vendor=1' });
});

test('BEHAVIOURS 93: the access log names the trace of a call, also of one that is not sampled', async () => {
  const trace = newTrace();
  await call('/open/echo?logged', { traceparent: `00-${trace}-${PARENT}-00` });
  await until(() => existsSync(accessLog) && readFileSync(accessLog, 'utf8').includes(trace), 'its line');
  expect(readFileSync(accessLog, 'utf8')).toContain(`{"traceId":"${trace}","path":"/open/echo"}\n`);
});

test('what the client does not sample is not sent, and the upstream is told so', async () => {
  const [quiet, loud] = [newTrace(), newTrace()];
  await call('/open/echo', { traceparent: `00-${quiet}-${PARENT}-00` });
  expect((await gateway.seenFields()).traceparent).toMatch(new RegExp(`^00-${quiet}-[0-9a-f]{16}-00$`));
  await call('/open/echo', { traceparent: `00-${loud}-${PARENT}-01` });
  await spansOf(loud);
  expect(spans.some((span) => span.traceId === quiet)).toBe(false);
});

test('BEHAVIOURS 93: a traceparent that is not well-formed begins a new trace, without its tracestate', async () => {
  await call('/open/echo', { traceparent: `00-${'0'.repeat(32)}-${PARENT}-01`, tracestate: 'vendor=1' });
  const fields = await gateway.seenFields();
  expect(fields.traceparent).toMatch(/^00-(?!0{32})[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  expect(fields.tracestate).toBeUndefined();
});

test('each attempt at an upstream is a span; a call that fails says why', async () => {
  const trace = newTrace();
  expect(await call('/gone/x', { traceparent: `00-${trace}-${PARENT}-01` })).toBe(502);
  const { server, clients } = await spansOf(trace);
  expect(server.status.code).toBe(2);
  expect(attributes(server)).toMatchObject({ 'error.type': 'upstream-unreachable', 'http.response.status_code': 502 });
  expect(clients.length).toBeGreaterThanOrEqual(2);
  expect(clients.map(({ status }) => status.code)).toEqual(clients.map(() => 2));
});

test('BEHAVIOURS 93: no token, key, code or path is in a trace', async () => {
  const token = await gateway.issueToken('orders');
  const trace = newTrace();
  const traceparent = `00-${trace}-${PARENT}-01`;
  const secrets = [token, 'shop-key', 'c0de-of-a-flow', 'cookie-of-a-session', 'id-in-the-path'];
  const cookie = `sid=${secrets[3]}`;
  await call('/orders/v1/id-in-the-path?code=c0de-of-a-flow', {
    traceparent: `00-${newTrace()}-${PARENT}-01`,
    authorization: `Bearer ${token}`,
    cookie,
  });
  await call(`/orders/v1/x?access_token=${token}`, { traceparent: `00-${newTrace()}-${PARENT}-01`, 'x-correlation-id': token, cookie });
  await call('/reports/id-in-the-path', { traceparent, 'x-apikey': 'shop-key', cookie });
  await spansOf(trace);
  expect(received).toContain('gateway-of-the-test');
  expect(secrets.filter((secret) => received.includes(secret))).toEqual([]);
});
