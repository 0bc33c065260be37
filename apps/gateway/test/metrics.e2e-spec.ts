/** What `/metrics` tells of the calls that this file makes. Counts are compared before and after, so the order of the tests is free. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { until } from '../../../test/harness/installation.js';
import { type Exposition, scrape } from './exposition.js';
import { type GatewayUnderTest, rawClient, startGatewayUnderTest } from './gateway-under-test.js';

let gateway: GatewayUnderTest;
beforeAll(async () => {
  gateway = await startGatewayUnderTest();
});
afterAll(() => gateway?.stop());

const metrics = (): Promise<Exposition> => scrape(gateway.installation.urls.internal);
const call = async (path: string, init?: RequestInit): Promise<number> => {
  const response = await fetch(gateway.url + path, init);
  await response.arrayBuffer();
  return response.status;
};
/** By how much a sum grew while something was done. */
async function growth(name: string, labels: Record<string, string>, act: () => Promise<unknown>): Promise<number> {
  const before = (await metrics()).sum(name, labels);
  await act();
  return (await metrics()).sum(name, labels) - before;
}

const CALLS = 'gatehouse_gateway_calls_total';

test('BEHAVIOURS 94: calls are counted by API, route, plan and class of the status, whatever stands in the path', async () => {
  const token = await gateway.issueToken('orders');
  const labels = { api: 'orders', route: '/orders/v1', plan: 'unlimited', status: '2xx' };
  const series = (exposition: Exposition): string[] =>
    exposition.samples.filter(({ name }) => name === CALLS).map((sample) => JSON.stringify(sample.labels));
  await call('/orders/v1/warm', { headers: { authorization: `Bearer ${token}` } });
  const before = series(await metrics());
  const grown = await growth(CALLS, labels, async () => {
    for (let id = 0; id < 20; id++) await call(`/orders/v1/echo?id=${id}`, { headers: { authorization: `Bearer ${token}` } });
    for (let id = 0; id < 5; id++) await call(`/orders/v1/${id}/x`, { headers: { authorization: `Bearer ${token}` } });
  });
  expect(grown).toBe(25);
  const exposition = await metrics();
  expect(
    series(exposition)
      .filter((one) => !before.includes(one))
      .every((one) => one.includes('"route":"/orders/v1"')),
  ).toBe(true);
  expect(exposition.text).not.toMatch(/\/orders\/v1\/\d/);
  expect(exposition.sum('gatehouse_gateway_call_duration_seconds_count', labels)).toBe(exposition.sum(CALLS, labels));
});

test('BEHAVIOURS 94: calls without a route have fixed labels', async () => {
  const none = { api: '_none', route: '_none', plan: '_none', status: '4xx' };
  expect(await growth(CALLS, none, () => Promise.all([call('/nowhere/1'), call('/nowhere/2'), call('/wp-login.php')]))).toBe(3);
});

test('the routes of an API are told apart', async () => {
  const exposition = await (async () => {
    await call('/open/readonly/echo');
    return metrics();
  })();
  expect(exposition.sum(CALLS, { api: 'open', route: '/open/readonly', plan: '_none' })).toBeGreaterThan(0);
});

test.each([
  ['no credential', '/orders/v1/echo', {}, { api: 'orders', reason: 'no-credential' }],
  ['an unknown token', '/orders/v1/echo', { authorization: 'Bearer nonsense' }, { api: 'orders', reason: 'unknown' }],
  ['no route', '/nowhere', {}, { api: '_none', reason: 'no-route' }],
  ['an upstream that is not there', '/gone/x', {}, { api: 'gone', reason: 'upstream-unreachable' }],
])('an answer of our own is counted with its reason: %s', async (_what, path, headers, labels) => {
  expect(await growth('gatehouse_gateway_own_answers_total', labels, () => call(path, { headers }))).toBe(1);
});

test('calls over a limit are counted by API and plan', async () => {
  const labels = { api: 'reports', plan: 'tight', reason: 'rate-limit' };
  const grown = await growth('gatehouse_gateway_own_answers_total', labels, async () => {
    for (let i = 0; i < 8; i++) await call('/reports/echo', { headers: { 'x-apikey': 'small-key' } });
  });
  // At most three a minute, and a minute may end in between.
  expect(grown).toBeGreaterThanOrEqual(2);
});

test("the upstream's time is told apart from the gateway's own", async () => {
  const upstream = await growth('gatehouse_gateway_upstream_duration_seconds_sum', { api: 'open' }, () => call('/open/slow'));
  expect(upstream).toBeGreaterThan(0.29);
  const exposition = await metrics();
  const own = exposition.sum('gatehouse_gateway_own_duration_seconds_count', { api: 'open' });
  expect(own).toBeGreaterThan(0);
  expect(exposition.sum('gatehouse_gateway_own_duration_seconds_bucket', { api: 'open', le: '+Inf' })).toBe(own);
});

test('failed attempts and further ones are counted', async () => {
  expect(
    await growth('gatehouse_gateway_upstream_failures_total', { api: 'gone', reason: 'unreachable' }, () => call('/gone/x')),
  ).toBeGreaterThanOrEqual(1);
  expect(await growth('gatehouse_gateway_upstream_retries_total', { api: 'gone' }, () => call('/gone/x'))).toBeGreaterThanOrEqual(1);
});

test('calls in flight, and calls that a client leaves', async () => {
  const cut = (await metrics()).sum('gatehouse_gateway_calls_cut_total', { api: 'open', by: 'client' });
  const client = rawClient(gateway.port);
  client.send('GET /open/sse HTTP/1.1\r\nHost: x\r\n\r\n');
  await client.waitFor(/data: 1/);
  expect((await metrics()).sum('gatehouse_gateway_calls_in_flight')).toBe(1);
  client.socket.destroy();
  await until(async () => (await metrics()).sum('gatehouse_gateway_calls_in_flight') === 0, 'nothing is in flight');
  expect((await metrics()).sum('gatehouse_gateway_calls_cut_total', { api: 'open', by: 'client' })).toBe(cut + 1);
});

test('an answer that breaks off is counted for the upstream', async () => {
  const grown = await growth('gatehouse_gateway_calls_cut_total', { api: 'open', by: 'upstream' }, () =>
    call('/open/cutLength').catch(() => undefined),
  );
  expect(grown).toBe(1);
});

test('bytes of bodies are counted both ways', async () => {
  const body = 'x'.repeat(5_000);
  expect(
    await growth('gatehouse_gateway_body_bytes_total', { api: 'open', direction: 'in' }, () =>
      call('/open/sink', { method: 'POST', body }),
    ),
  ).toBe(5_000);
  expect(await growth('gatehouse_gateway_body_bytes_total', { api: 'open', direction: 'out' }, () => call('/open/slow'))).toBe(
    '{"slow":true}'.length,
  );
});

test('credentials: misses, hits and negative hits', async () => {
  const token = await gateway.issueToken('orders');
  const result = (name: string, act: () => Promise<unknown>) =>
    growth('gatehouse_gateway_credential_resolutions_total', { result: name }, act);
  const use = (secret: string) => call('/orders/v1/echo', { headers: { authorization: `Bearer ${secret}` } });
  expect(await result('miss', () => use(token))).toBe(1);
  expect(await result('hit', () => use(token))).toBe(1);
  const key = { headers: { 'x-apikey': 'no-such-key' } };
  await until(
    async () => (await result('negative_hit', async () => [await call('/reports/x', key), await call('/reports/x', key)])) > 0,
    'a negative hit',
  );
  expect((await metrics()).sum('gatehouse_gateway_credential_cache_entries', { kind: 'known' })).toBeGreaterThan(0);
});

test('connections, change feed, config and process are told', async () => {
  await call('/open/echo');
  const exposition = await metrics();
  expect(exposition.sum('gatehouse_gateway_upstream_connections_opened_total', { upstream: gateway.upstreamUrl })).toBeGreaterThan(0);
  expect(exposition.sum('gatehouse_gateway_change_feed_position')).toBeGreaterThan(0);
  expect(exposition.samples.find(({ name }) => name === 'gatehouse_config_info')?.labels.fingerprint).toMatch(/^[0-9a-f]{12}$/);
  for (const name of ['process_cpu_seconds_total', 'process_resident_memory_bytes', 'nodejs_eventloop_lag_p99_seconds'])
    expect([name, exposition.types.has(name)]).toEqual([name, true]);
  await until(async () => (await metrics()).sum('gatehouse_gateway_change_feed_age_seconds') < 20, 'the feed is read');
});

test('reloads are counted: good ones, and ones with mistakes', async () => {
  const reloads = async (outcome: string): Promise<number> => (await metrics()).sum('gatehouse_config_reloads_total', { outcome });
  const [applied, refused] = [await reloads('applied'), await reloads('refused')];
  gateway.installation.writeConfig('plans/more.yaml', 'nmae: More\n');
  await until(async () => (await reloads('refused')) > refused, 'a bad reload is counted');
  gateway.installation.writeConfig('plans/more.yaml', 'name: More\n');
  await until(async () => (await reloads('applied')) > applied, 'a good reload is counted');
  // Counts of calls live on.
  expect((await metrics()).sum(CALLS, { api: 'open' })).toBeGreaterThan(0);
});

test('docs/observability.md names every metric of the gateway, with its type, and no other', async () => {
  const page = readFileSync(join(import.meta.dirname, '../../../docs/observability.md'), 'utf8');
  const documented = Array.from(page.matchAll(/^\| `(gatehouse_\w+)` \| (\w+) \|/gm), ([, name, type]) => `${name} ${type}`).sort();
  const own = [...(await metrics()).types].filter(([name]) => name.startsWith('gatehouse_'));
  expect(documented).toEqual(own.map(([name, type]) => `${name} ${type}`).sort());
});

test.each(['deploy/grafana/gatehouse-gateway.json', 'deploy/prometheus/gatehouse-alerts.yml'])(
  'whatever %s asks for is shown, with the labels that it names',
  async (file) => {
    await call('/gone/x');
    await call('/reports/echo', { headers: { 'x-apikey': 'shop-key' } });
    const exposition = await metrics();
    const text = readFileSync(join(import.meta.dirname, '../../..', file), 'utf8');
    const asked = new Set(Array.from(text.matchAll(/\b(?:gatehouse|process|nodejs)_[a-z0-9_]*[a-z0-9]\b/g), ([name]) => name));
    expect(asked.size).toBeGreaterThan(5);
    const shown = new Set([...exposition.types.keys(), ...exposition.samples.map(({ name }) => name)]);
    expect([...asked].filter((name) => !shown.has(name))).toEqual([]);
    const labels = new Set(exposition.samples.flatMap((sample) => Object.keys(sample.labels)));
    const grouped = Array.from(text.matchAll(/\bby \(([^)]*)\)/g), ([, list = '']) => list.split(', ')).flat();
    // Prometheus itself adds the label `instance`.
    expect([...new Set(grouped)].filter((label) => label !== 'instance' && !labels.has(label))).toEqual([]);
  },
);
