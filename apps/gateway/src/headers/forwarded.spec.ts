import { expect, test } from '@jest/globals';
import { namedFields } from '../../test/gateway-under-test.js';
import { usedMemory } from '../../test/used-memory.js';
import { FieldLines } from '../http1/field-lines.js';
import { listFields } from '../http1/field-section.js';
import { addForwarded, type Hop } from './forwarded.js';
import { RequestFields } from './request-fields.js';

const SENT: Partial<RequestFields> = {
  forwardedFor: '203.0.113.9',
  forwardedProto: 'https',
  forwardedHost: 'api.example',
  forwardedPrefix: '/outer/',
  forwarded: 'for=203.0.113.9',
};

function forwarded(hop: Partial<Hop>, sent: Partial<RequestFields>, prefix = ''): Record<string, string> {
  const upstream = new FieldLines();
  addForwarded(
    upstream,
    { peer: '10.0.0.1', trusted: false, secure: false, host: 'gw:8000', ...hop },
    Object.assign(new RequestFields(), sent),
    prefix,
  );
  return namedFields(listFields(upstream.text));
}

test('BEHAVIOURS 71: what an untrusted peer says is replaced', () => {
  expect(forwarded({}, SENT, '/orders')).toEqual({
    'x-forwarded-for': '10.0.0.1',
    'x-forwarded-proto': 'http',
    'x-forwarded-host': 'gw:8000',
    'x-forwarded-port': '8000',
    'x-forwarded-prefix': '/orders',
  });
});

test('BEHAVIOURS 71: what a trusted proxy says is added to', () => {
  expect(forwarded({ trusted: true }, SENT, '/orders')).toEqual({
    'x-forwarded-for': '203.0.113.9, 10.0.0.1',
    'x-forwarded-proto': 'https',
    'x-forwarded-host': 'api.example',
    'x-forwarded-port': '443',
    'x-forwarded-prefix': '/outer/orders',
    forwarded: 'for=203.0.113.9, for=10.0.0.1;host="gw:8000";proto=http',
  });
});

test.each([
  ['gw', false, '80'],
  ['gw', true, '443'],
  ['gw:81', true, '81'],
  ['[::1]', false, '80'],
  ['[::1]:8000', false, '8000'],
])('the port asked for at %s (TLS: %s) is %s', (host, secure, port) => {
  expect(forwarded({ host, secure }, {})['x-forwarded-port']).toBe(port);
});

test('RFC 7239 §6: an IPv6 node is bracketed and quoted', () => {
  expect(forwarded({ trusted: true, peer: '2001:db8::1' }, { forwarded: 'for=_a' }).forwarded).toContain('for="[2001:db8::1]"');
});

test('BEHAVIOURS 71: what was written for a peer before is written only where its call is the same', () => {
  const hops = [
    { peer: '10.0.0.1', host: 'a.example', secure: false, prefix: '' },
    { peer: '10.0.0.2', host: 'a.example', secure: false, prefix: '' },
    { peer: '10.0.0.1', host: 'b.example:81', secure: false, prefix: '' },
    { peer: '10.0.0.1', host: 'a.example', secure: true, prefix: '' },
    { peer: '10.0.0.1', host: 'a.example', secure: false, prefix: '/v1' },
  ];
  // Often enough for each to be remembered, and driven out by the others.
  for (let i = 0; i < 5_000; i++) {
    const { prefix, ...hop } = hops[(i * 7 + (i % 3)) % hops.length] as (typeof hops)[number];
    expect(forwarded(hop, {}, prefix)).toEqual({
      'x-forwarded-for': hop.peer,
      'x-forwarded-proto': hop.secure ? 'https' : 'http',
      'x-forwarded-host': hop.host,
      'x-forwarded-port': hop.host.split(':')[1] ?? (hop.secure ? '443' : '80'),
      ...(prefix !== '' && { 'x-forwarded-prefix': prefix }),
    });
  }
});

test('what is remembered of a client holds nothing of the message that it sent', () => {
  const before = usedMemory();
  for (let i = 0; i < 8_000; i++) {
    // As it is matched: cut out of the head.
    const head = Buffer.alloc(16_384, 'GET /a-prefix-that-is-cut-out/of HTTP/1.1\r\nHost: gw\r\n').toString('latin1');
    const prefix = head.slice(4, head.indexOf('/of'));
    expect(forwarded({ peer: `10.1.${i >> 8}.${i & 255}` }, {}, prefix)['x-forwarded-prefix']).toBe('/a-prefix-that-is-cut-out');
  }
  expect(usedMemory() - before).toBeLessThan(8_000_000);
});
