import { describe, expect, test } from '@jest/globals';
import { readDecisionRequest } from './decision-request.js';

const said = (changes: Record<string, string | null> = {}): string[] =>
  Object.entries({
    'X-Forwarded-Method': 'GET',
    'X-Forwarded-Uri': '/orders/v1/7?a=b&a=c',
    'X-Forwarded-Host': 'api.example:8443',
    'X-Forwarded-Proto': 'https',
    'X-Forwarded-For': '198.51.100.7',
    ...changes,
  }).flatMap(([name, value]) => (value === null ? [] : [name, value]));

describe('what an engine says of a call', () => {
  test('is the call: its own fields stay, those of the engine’s exchange go', () => {
    const raw = [
      'Host',
      'gatehouse:8001',
      'Connection',
      'close',
      'Content-Length',
      '0',
      'Authorization',
      'Bearer x',
      'Accept',
      'a',
      'Accept',
      'b',
    ];
    expect(readDecisionRequest([...raw, ...said()], null)).toEqual({
      ok: true,
      method: 'GET',
      target: '/orders/v1/7?a=b&a=c',
      secure: true,
      peer: '198.51.100.7',
      fields: ['Authorization', 'Bearer x', 'Accept', 'a', 'Accept', 'b', 'Host', 'api.example:8443'],
    });
  });

  test('may have fields of any name', () => {
    expect(readDecisionRequest(['Constructor', 'x', '__proto__', 'y', ...said()], null)).toMatchObject({
      ok: true,
      fields: ['Constructor', 'x', '__proto__', 'y', 'Host', 'api.example:8443'],
    });
  });

  test('BEHAVIOURS 71: the last of X-Forwarded-For is who connected; the rest counts where that one is trusted', () => {
    const reading = readDecisionRequest(
      [...said({ 'X-Forwarded-For': '203.0.113.1, 10.0.0.1' }), 'x-forwarded-for', '::ffff:10.0.0.2'],
      null,
    );
    expect(reading).toMatchObject({ ok: true, peer: '10.0.0.2' });
    expect(reading.ok && reading.fields.slice(-2)).toEqual(['X-Forwarded-For', '203.0.113.1, 10.0.0.1']);
  });

  test('may be the request’s own line', () => {
    const raw = [
      'Host',
      'api.example',
      ...said({ 'X-Forwarded-Method': 'DELETE', 'X-Forwarded-Uri': '/other', 'X-Forwarded-Host': 'other' }),
    ];
    expect(readDecisionRequest(raw, { method: 'GET', target: '/orders' })).toMatchObject({
      ok: true,
      method: 'GET',
      target: '/orders',
      fields: ['Host', 'api.example'],
    });
  });

  const faults: [string, string[]][] = [
    ['X-Forwarded-Method is missing', said({ 'X-Forwarded-Method': null })],
    ['X-Forwarded-Uri is missing', said({ 'X-Forwarded-Uri': null })],
    ['X-Forwarded-Host is missing', said({ 'X-Forwarded-Host': null })],
    ['X-Forwarded-Host is missing', said({ 'X-Forwarded-Host': '' })],
    ['X-Forwarded-Proto is missing', said({ 'X-Forwarded-Proto': null })],
    ['X-Forwarded-For is missing', said({ 'X-Forwarded-For': null })],
    ['X-Forwarded-Method came twice', [...said(), 'x-forwarded-method', 'GET']],
    ['X-Forwarded-Uri came twice', [...said(), 'X-FORWARDED-URI', '/open']],
    ['X-Forwarded-Host came twice', [...said(), 'X-Forwarded-Host', 'api.example:8443']],
    ['X-Forwarded-Proto came twice', [...said(), 'X-Forwarded-Proto', 'https']],
    ['X-Forwarded-Method is not a method', said({ 'X-Forwarded-Method': 'get' })],
    ['X-Forwarded-Method is not a method', said({ 'X-Forwarded-Method': 'GET, POST' })],
    ['X-Forwarded-Method is not a method', said({ 'X-Forwarded-Method': 'CONNECT' })],
    ['X-Forwarded-Uri is not a path', said({ 'X-Forwarded-Uri': 'http://other/open' })],
    ['X-Forwarded-Uri is not a path', said({ 'X-Forwarded-Uri': '*' })],
    ['X-Forwarded-Proto is not http', said({ 'X-Forwarded-Proto': 'https, http' })],
    ['X-Forwarded-For does not end with the address', said({ 'X-Forwarded-For': 'unknown' })],
    ['X-Forwarded-For does not end with the address', said({ 'X-Forwarded-For': '10.0.0.1,' })],
  ];
  test.each(faults)('is refused with what to do: %s', (fault, raw) => {
    const reading = readDecisionRequest(raw, null);
    expect(reading.ok ? '' : reading.detail).toContain(`The field ${fault}`);
    expect(reading.ok ? '' : reading.detail).toContain('docs/engines.md');
  });
});
