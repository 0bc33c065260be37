import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ACCESS_LOG_FIELDS, USUAL_ACCESS_LOG_FIELDS } from '#config/access-log-field.js';
import { recordedCall } from '../../test/recorded-call.js';
import { compileAccessLine } from './access-line.js';

const everything = compileAccessLine(ACCESS_LOG_FIELDS);

test('a line says what was chosen, in that order', () => {
  const line = compileAccessLine(['status', 'method', 'api', 'route', 'duration', 'ownTime', 'upstreamTime', 'plan', 'bytesOut']);
  expect(line(recordedCall(), 1_020)).toBe(
    '{"status":200,"method":"GET","api":"orders","route":"/orders/v1","duration":20,"ownTime":1.5,"upstreamTime":10.25,"plan":null,"bytesOut":12}\n',
  );
});

test.each([
  [1_020, '20'],
  [1_999.9994, '999.999'],
  [2_000, '1000'],
  [3_500.25, '2500.25'],
  [3_601_000, '3600000'],
])('a call that ends at %s of the clock took %s ms', (endedAt, duration) => {
  expect(compileAccessLine(['duration', 'status'])(recordedCall(), endedAt)).toBe(`{"duration":${duration},"status":200}\n`);
});

test('a call that no upstream was asked about has no upstream time, and all of its time is our own', () => {
  const call = recordedCall({ upstreamAt: 0, answeredAt: 0, status: 404, ownAnswer: 'no-route', route: null });
  expect(JSON.parse(compileAccessLine(['ownTime', 'upstreamTime', 'reason', 'api'])(call, 1_002))).toEqual({
    ownTime: 2,
    upstreamTime: null,
    reason: 'no-route',
    api: null,
  });
});

test('the usual fields are all to be had', () => {
  expect(Object.keys(JSON.parse(compileAccessLine(USUAL_ACCESS_LOG_FIELDS)(recordedCall(), 1_020)))).toEqual([...USUAL_ACCESS_LOG_FIELDS]);
});

test('who called what is said of each call, also where one credential goes to several routes', () => {
  const line = compileAccessLine(['api', 'route', 'plan', 'status', 'application']);
  const credential = { facts: { planId: 'basic', applicationId: 'shop' }, consumer: {} };
  const said = (id: string, label: string, who: object | null = credential): string => {
    const route = { api: { id }, series: series(label) };
    return line(recordedCall({ route, credential: who, status: 200 } as never), 1_020);
  };
  const seen = new Map<string, object>();
  const series = (label: string): object => seen.get(label) ?? (seen.set(label, { label }).get(label) as object);
  const expected = (api: string, route: string): string =>
    `{"api":"${api}","route":"${route}","plan":"basic","status":200,"application":"shop"}\n`;
  for (let i = 0; i < 2; i++) {
    expect(said('orders', '/a')).toBe(expected('orders', '/a'));
    expect(said('orders', '/a')).toBe(expected('orders', '/a'));
    expect(said('bills', '/b')).toBe(expected('bills', '/b'));
  }
  expect(said('orders', '/a', { facts: { planId: 'gold', applicationId: 'toys' }, consumer: {} })).toContain(
    '"plan":"gold","status":200,"application":"toys"',
  );
  expect(said('orders', '/a', null)).toContain('"plan":null,"status":200,"application":null');
});

test('BEHAVIOURS 93: neither values of the query nor anything that looks like a credential is written', () => {
  const secrets = ['gh_at_abcDEF-123', 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln', 'hunter2'];
  const call = recordedCall({
    path: `/a/${secrets[0]}/${secrets[1]}`,
    query: `?code=hunter2&token=${secrets[0]}&${secrets[1]}=1&flag`,
    host: secrets[1] as string,
    correlationId: secrets[0] as string,
    requestHeader: () => `agent ${secrets[0]}`,
  });
  const line = everything(call, 1_020);
  for (const secret of secrets) expect(line).not.toContain(secret);
  expect(JSON.parse(line)).toMatchObject({ path: '/a/*/*', query: '?code=*&token=*&*=*&flag', userAgent: 'agent *', host: '*' });
});

test('whatever a client sends, a line is one line of JSON that says it', () => {
  const text = fc.string({ unit: 'binary' });
  fc.assert(
    fc.property(text, text, text, text, fc.integer(), (path, userAgent, host, method, bytesIn) => {
      const line = everything(recordedCall({ path, host, method, bytesIn, requestHeader: () => userAgent }), 1_020);
      expect(line.indexOf('\n')).toBe(line.length - 1);
      expect(JSON.parse(line)).toMatchObject({ path: masked(path), host: masked(host), method, userAgent: masked(userAgent), bytesIn });
    }),
    { numRuns: 2_000 },
  );
});

/** Names the expectation by its rule, not by the code under test. */
const masked = (text: string): unknown => (/gh_|eyJ/.test(text) ? expect.any(String) : text);
