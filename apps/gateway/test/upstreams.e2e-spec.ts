import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { until } from '../../../test/harness/installation.js';
import { ControlledUpstream } from './controlled-upstream.js';
import { type GatewayUnderTest, rawClient, startGatewayUnderTest } from './gateway-under-test.js';

const upstreams: ControlledUpstream[] = [];
let gateway: GatewayUnderTest;

/** Settings of the upstream of an API of its own, on targets of its own. */
const APIS = {
  hashed: 'balance: hash, hashBy: "header:X-Tenant", retries: 0, circuitBreaker: { failures: 1, openFor: 1h, longestOpen: 1h }',
  least: 'balance: least-connections',
  three: 'circuitBreaker: { failures: 3, openFor: 300ms }',
  breaker: 'retries: 0, circuitBreaker: { failures: 2, openFor: 500ms, longestOpen: 500ms }',
  checked:
    'circuitBreaker: { enabled: false }, healthCheck: { path: /health, interval: 100ms, timeout: 10s, healthyAfter: 2, unhealthyAfter: 2 }',
  forbidden: 'retries: 1, retryBudget: { percent: 0, perSecond: 0 }',
  halved: 'retries: 1, retryBudget: { percent: 50, perSecond: 0 }',
  killed: 'retries: 0',
  capped: 'retries: 3, maxConnections: 2, maxWaiting: 2, waitTimeout: 30s',
  impatient: 'maxConnections: 1, waitTimeout: 300ms',
  late: 'retries: 0, firstByteTimeout: 500ms',
  halting: 'retries: 0, idleTimeout: 500ms',
  endless: 'retries: 5, totalTimeout: 700ms',
  warm: 'retries: 0',
} as const;
const COUNTS: Readonly<Record<string, number>> = {
  hashed: 3,
  least: 2,
  three: 3,
  breaker: 1,
  checked: 2,
  forbidden: 1,
  halved: 1,
  killed: 1,
  capped: 1,
  impatient: 1,
  late: 1,
  halting: 1,
  endless: 1,
  warm: 1,
};
const targetsOf = (api: keyof typeof APIS): ControlledUpstream[] => upstreams.filter(({ name }) => name.startsWith(`${api}-`));
const soleTargetOf = (api: keyof typeof APIS): ControlledUpstream => targetsOf(api)[0] as ControlledUpstream;

/** With a usual time-out that no test lives to see: what ends a call is the setting that is tested. */
const apiFile = (api: keyof typeof APIS, more = ''): string => `name: ${api}
auth: none
upstream: { targets: [${targetsOf(api).map(({ url }) => `{ url: "${url}" }`)}], connectTimeout: 2s, timeout: 1h, ${APIS[api]} }
routes: [{ paths: [/${api}] }]
${more}`;

beforeAll(async () => {
  for (const [api, count] of Object.entries(COUNTS))
    for (let i = 0; i < count; i++) upstreams.push(await new ControlledUpstream(`${api}-${i}`).start());
  const names = Object.keys(APIS) as (keyof typeof APIS)[];
  gateway = await startGatewayUnderTest({ files: Object.fromEntries(names.map((api) => [`apis/${api}/api.yaml`, apiFile(api)])) });
});
afterAll(async () => {
  await gateway?.stop();
  for (const upstream of upstreams) await upstream.kill();
});

async function call(
  path: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: string; retryAfter: string | null }> {
  const response = await fetch(`${gateway.url}/${path}`, { headers });
  return { status: response.status, body: await response.text(), retryAfter: response.headers.get('retry-after') };
}

const fails: ControlledUpstream['answer'] = (_request, response) => void response.writeHead(503).end('own words');
const breaks: ControlledUpstream['answer'] = (request) => void request.socket.destroy();

test('calls with the same key go to the same target; when it goes, only its keys move', async () => {
  const tenants = Array.from({ length: 30 }, (_, i) => `tenant-${i}`);
  const places = (): Promise<string[]> => Promise.all(tenants.map(async (tenant) => (await call('hashed', { 'x-tenant': tenant })).body));
  const before = await places();
  expect(await places()).toEqual(before);
  expect(new Set(before).size).toBe(3);
  const [gone] = targetsOf('hashed') as [ControlledUpstream];
  await gone.kill();
  const tenantOfGone = tenants[before.indexOf(gone.name)] as string;
  await until(async () => (await call('hashed', { 'x-tenant': tenantOfGone })).status === 200, 'the dead target is left out');
  const after = await places();
  expect(after.filter((place, i) => before[i] !== gone.name && place !== before[i])).toEqual([]);
  expect(new Set(after)).toEqual(new Set(['hashed-1', 'hashed-2']));
});

test('least connections: a target that is slow gets no more while another is free', async () => {
  const [slow, quick] = targetsOf('least') as [ControlledUpstream, ControlledUpstream];
  const release: (() => void)[] = [];
  slow.answer = (_request, response) => void release.push(() => response.end('slow'));
  const held: Promise<unknown>[] = [];
  while (slow.calls === 0) {
    held.push(call('least'));
    await until(() => slow.calls + quick.calls === held.length, 'the call has arrived');
  }
  const before = slow.calls;
  for (let i = 0; i < 10; i++) expect((await call('least')).body).toBe('least-1');
  expect(slow.calls).toBe(before);
  for (const end of release) end();
  await Promise.all(held);
});

test('BEHAVIOURS 83: one of three targets dies under load: no call that may be repeated fails, and it comes back by itself', async () => {
  const [dying] = targetsOf('three') as [ControlledUpstream];
  const statuses: number[] = [];
  let calling = true;
  const load = Array.from({ length: 4 }, async () => {
    while (calling) statuses.push((await call('three')).status);
  });
  await until(() => dying.calls > 3, 'all targets serve');
  await dying.kill();
  const during = statuses.length;
  await until(() => statuses.length > during + 100, 'calls go on without it');
  expect(gateway.installation.output()).toContain('An upstream fails, and is left out for a while.');
  const seen = dying.calls;
  await dying.start();
  await until(() => dying.calls > seen + 3, 'it is tried, and in use again');
  calling = false;
  await Promise.all(load);
  expect(new Set(statuses)).toEqual(new Set([200]));
});

test('BEHAVIOURS 79: an open breaker is answered 503 with Retry-After; one call tries it, its success closes it', async () => {
  const target = soleTargetOf('breaker');
  target.answer = fails;
  expect(await call('breaker')).toMatchObject({ status: 503, body: 'own words', retryAfter: null });
  await until(async () => {
    const before = target.calls;
    const refused = await call('breaker');
    if (refused.body === 'own words') return false;
    expect(refused).toMatchObject({ status: 503, retryAfter: '1' });
    expect(JSON.parse(refused.body)).toMatchObject({ status: 503, detail: expect.stringContaining('not available') });
    expect(target.calls).toBe(before);
    return true;
  }, 'the breaker is open');
  const tried = target.calls;
  let release: () => void = () => undefined;
  target.answer = (_request, response) => {
    release = () => response.end('well');
  };
  const answers: Promise<{ status: number }>[] = [];
  await until(async () => {
    answers.push(call('breaker'));
    await Promise.race([answers.at(-1), new Promise((done) => setTimeout(done, 25))]);
    return target.calls > tried;
  }, 'a call tries it');
  expect((await call('breaker')).status).toBe(503);
  expect(target.calls).toBe(tried + 1);
  release();
  await Promise.all(answers);
  target.answer = (_request, response) => void response.end('well');
  expect(await call('breaker')).toMatchObject({ status: 200, body: 'well' });
});

test('a check turns a sick target out, over reloads too, and back; 503 when all are sick', async () => {
  const [sick, well] = targetsOf('checked') as [ControlledUpstream, ControlledUpstream];
  const served = async (): Promise<Set<string>> =>
    new Set(await Promise.all(Array.from({ length: 8 }, async () => (await call('checked')).body)));
  expect(await served()).toEqual(new Set(['checked-0', 'checked-1']));
  sick.health = 500;
  await until(async () => (await served()).size === 1, 'the sick one is left out');
  expect(await served()).toEqual(new Set(['checked-1']));

  gateway.installation.writeConfig('apis/killed/api.yaml', apiFile('killed', 'tags: [reloaded]\n'));
  gateway.installation.writeConfig(
    'apis/added/api.yaml',
    apiFile('killed').replaceAll('/killed', '/added').replace('name: killed', 'name: added'),
  );
  await until(async () => {
    expect(await served()).toEqual(new Set(['checked-1']));
    return (await call('added')).status === 200;
  }, 'the new config is in force');
  expect(await served()).toEqual(new Set(['checked-1']));

  well.health = 500;
  await until(async () => (await call('checked')).status === 503, 'all are left out');
  expect((await call('checked')).retryAfter).toBe('1');
  const readiness = async (): Promise<{ code: number; withoutTarget: string[]; degraded: string[] }> => {
    const answer = await fetch(`${gateway.installation.urls.internal}/readyz`);
    return { code: answer.status, ...((await answer.json()) as { withoutTarget: string[]; degraded: string[] }) };
  };
  expect(await readiness()).toMatchObject({
    code: 200,
    degraded: expect.arrayContaining(['upstream']),
    withoutTarget: expect.arrayContaining(['checked']),
  });
  sick.health = 204;
  await until(async () => (await call('checked')).status === 200, 'one is well again');
  expect((await readiness()).withoutTarget).not.toContain('checked');
  expect(await served()).toEqual(new Set(['checked-0']));
});

test('checks end with their API', async () => {
  gateway.installation.writeConfig('apis/checked', null);
  await until(async () => (await call('checked')).status === 404, 'the API is gone');
  const checks = (): number => targetsOf('checked').reduce((sum, { seen }) => sum + (seen.get('/health') ?? 0), 0);
  await until(async () => {
    const before = checks();
    await new Promise((done) => setTimeout(done, 600));
    return checks() === before;
  }, 'nobody checks any more');
});

test('BEHAVIOURS 83: retries are a share of the calls at most', async () => {
  for (const api of ['forbidden', 'halved'] as const) {
    soleTargetOf(api).answer = breaks;
    for (let i = 0; i < 40; i++) expect((await call(api)).status).toBe(502);
  }
  expect(soleTargetOf('forbidden').calls).toBe(40);
  expect(soleTargetOf('halved').calls).toBeGreaterThan(45);
  expect(soleTargetOf('halved').calls).toBeLessThan(70);
  const metrics = await (await fetch(`${gateway.installation.urls.internal}/metrics`)).text();
  expect(metrics).toContain('gatehouse_gateway_upstream_retries_refused_total{api="forbidden"} 40\n');
});

test('BEHAVIOURS 79: an upstream that is killed under load and comes back: 502 meanwhile, then all is as it was', async () => {
  const target = soleTargetOf('killed');
  const statuses: number[] = [];
  let calling = true;
  const load = Array.from({ length: 4 }, async () => {
    while (calling) statuses.push((await call('killed')).status);
  });
  await until(() => statuses.length > 20, 'calls are served');
  await target.kill();
  await until(() => statuses.includes(502), 'calls fail');
  await target.start();
  await until(async () => (await call('killed')).status === 200, 'it serves again');
  const recovered = statuses.length;
  await until(() => statuses.length > recovered + 50, 'calls go on');
  calling = false;
  await Promise.all(load);
  expect(new Set(statuses)).toEqual(new Set([200, 502]));
  expect(new Set(statuses.slice(recovered + 10))).toEqual(new Set([200]));
});

test('BEHAVIOURS 79: a response that does not begin in time is 504; one that has begun may be slower', async () => {
  const target = soleTargetOf('late');
  target.answer = () => undefined;
  expect((await call('late')).status).toBe(504);
  target.answer = (_request, response) => {
    response.write('be');
    setTimeout(() => response.end('gun'), 800);
  };
  await until(async () => (await call('late')).body === 'begun', 'the slow rest came');
});

test('BEHAVIOURS 80: a response that stops for too long is broken off; one that begins late may', async () => {
  const target = soleTargetOf('halting');
  target.answer = (_request, response) => void response.write('part');
  await expect(call('halting')).rejects.toThrow();
  target.answer = (_request, response) => void setTimeout(() => response.end('late'), 800);
  await until(async () => (await call('halting').catch(() => null))?.body === 'late', 'the late response came');
});

test('BEHAVIOURS 79, 80: the total time counts for calls that never stop, before the response and after it began', async () => {
  const target = soleTargetOf('endless');
  target.answer = () => undefined;
  expect((await call('endless')).status).toBe(504);
  target.answer = (_request, response) => {
    const timer = setInterval(() => response.write('and on '), 20);
    response.on('close', () => clearInterval(timer));
  };
  await expect(call('endless')).rejects.toThrow();
  target.answer = (_request, response) => void response.end('quick');
  await until(async () => (await call('endless')).body === 'quick', 'a quick response came');
});

test('BEHAVIOURS 79: calls beyond the cap wait in order; beyond the line they get 503 with Retry-After', async () => {
  const target = soleTargetOf('capped');
  const release: (() => void)[] = [];
  let open = 0;
  let most = 0;
  target.answer = (_request, response) => {
    most = Math.max(most, ++open);
    release.push(() => {
      open--;
      response.end('served');
    });
  };
  const statuses: number[] = [];
  const calls = Array.from({ length: 8 }, async () => {
    const { status, retryAfter } = await call('capped');
    statuses.push(status);
    if (status === 503) expect(retryAfter).toBe('1');
  });
  await until(() => statuses.length === 4 && release.length === 2, 'two are served, two wait, four are refused');
  expect(statuses).toEqual([503, 503, 503, 503]);
  const metrics = await (await fetch(`${gateway.installation.urls.internal}/metrics`)).text();
  expect(metrics).toContain(`gatehouse_gateway_upstream_waiting{upstream="${target.url}"} 2\n`);
  while (statuses.length < 8) {
    release.shift()?.();
    await new Promise((done) => setTimeout(done, 10));
  }
  await Promise.all(calls);
  expect(statuses.slice(4)).toEqual([200, 200, 200, 200]);
  expect([most, target.calls]).toEqual([2, 4]);
});

test('BEHAVIOURS 79: a call that waits for too long gets 503; one whose client leaves gives up its place', async () => {
  const target = soleTargetOf('impatient');
  let release: () => void = () => undefined;
  target.answer = (_request, response) => {
    release = () => response.end('served');
  };
  const first = call('impatient');
  await until(() => target.calls === 1, 'the only connection is taken');
  expect(await call('impatient')).toMatchObject({ status: 503, retryAfter: '1' });
  const client = rawClient(gateway.port);
  client.send('GET /impatient HTTP/1.1\r\nHost: x\r\n\r\n');
  client.socket.destroy();
  release();
  expect((await first).status).toBe(200);
  target.answer = (_request, response) => void response.end('served');
  await until(async () => (await call('impatient')).status === 200, 'the connection serves on');
});

test('BEHAVIOURS 97: over a reload a call in flight ends on the old config, new ones get the new, on the same connections to the upstream', async () => {
  const target = soleTargetOf('warm');
  const near: (number | undefined)[] = [];
  let release: () => void = () => undefined;
  target.answer = (request, response) => {
    near.push(request.socket.remotePort);
    if (near.length === 1) release = () => response.end('of the old config');
    else response.end('of the new config');
  };
  const held = call('warm');
  await until(() => near.length === 1, 'a call is in flight');
  gateway.installation.writeConfig('apis/warm/api.yaml', apiFile('warm').replace('[/warm]', '[/warmer]'));
  await until(async () => (await call('warm')).status === 404, 'the new config is in force');
  expect(await call('warmer')).toMatchObject({ status: 200, body: 'of the new config' });
  release();
  expect(await held).toMatchObject({ status: 200, body: 'of the old config' });
  // Its connection was used last, so it is used next.
  expect((await call('warmer')).status).toBe(200);
  expect(near.at(-2)).not.toBe(near[0]);
  expect(near.at(-1)).toBe(near[0]);
});
