import { expect, test } from '@jest/globals';
import { resolveClientAddress, TrustedProxies } from './client-address.js';

const trusted = new TrustedProxies(['10.0.0.0/8', '::1']);

// BEHAVIOURS 71: the client is the rightmost untrusted address.
test.each([
  ['203.0.113.9', undefined, '203.0.113.9'],
  ['203.0.113.9', '1.1.1.1', '203.0.113.9'],
  ['10.0.0.1', '1.1.1.1, 198.51.100.7', '198.51.100.7'],
  ['10.0.0.1', '1.1.1.1, 198.51.100.7, 10.2.3.4', '198.51.100.7'],
  ['::ffff:10.0.0.1', '198.51.100.7', '198.51.100.7'],
  ['::1', '2001:db8::7', '2001:db8::7'],
  ['10.0.0.1', 'junk', '10.0.0.1'],
  ['10.0.0.1', '198.51.100.7, junk, 10.9.9.9', '10.9.9.9'],
  ['10.0.0.1', '10.0.0.2', '10.0.0.2'],
  ['10.0.0.1', 'fe80::7%eth0.1', 'fe80::7%eth0.1'],
  // Access lines quote it without a look: nothing that JSON must escape is an address, behind a zone's sign neither.
  ['10.0.0.1', 'fe80::7%"x', '10.0.0.1'],
  ['10.0.0.1', 'fe80::7%\\', '10.0.0.1'],
  ['10.0.0.1', 'fe80::7%\xe4', '10.0.0.1'],
  ['10.0.0.1', '1.2.3.4%"', '10.0.0.1'],
])('71: peer %s with X-Forwarded-For %s is %s', (peer, forwarded, expected) => {
  expect(resolveClientAddress(peer, forwarded, trusted)).toBe(expected);
});
