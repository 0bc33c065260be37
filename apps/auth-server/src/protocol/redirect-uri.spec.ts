import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { appendParameters, describeRedirectTarget, matchRedirectUri } from './redirect-uri.js';

const registered = [
  'https://app.example/cb?x=1',
  'http://127.0.0.1/cb',
  'http://[::1]:9000/cb',
  'com.example.app:/cb',
  'http://localhost/cb',
];

describe('2: redirect URIs are compared as strings, but for the port of a loopback address (RFC 8252 §7.3)', () => {
  test.each([...registered, 'http://127.0.0.1:1/cb', 'http://127.0.0.1:65535/cb', 'http://[::1]/cb', 'http://[::1]:80/cb'])(
    '%s matches',
    (uri) => {
      expect(matchRedirectUri(registered, uri)).toBe(true);
    },
  );

  test.each([
    '',
    'https://app.example/cb',
    'https://app.example/cb?x=1&y=2',
    'https://app.example/CB?x=1',
    'https://APP.example/cb?x=1',
    'https://app.example:443/cb?x=1',
    'https://app.example/cb?x=1#',
    'https://app.example/cb/../cb?x=1',
    'https://app.example.evil.example/cb?x=1',
    'http://127.0.0.1:65536/cb',
    'http://127.0.0.1:999999/cb',
    'http://127.0.0.1:/cb',
    'http://127.0.0.1:80@evil.example/cb',
    'http://127.0.0.1@evil.example/cb',
    'http://127.0.0.1.evil.example/cb',
    'http://127.0.0.1:9000/cb/more',
    'http://127.0.0.1:9000/cb?a=1',
    'http://127.0.0.2:9000/cb',
    'https://127.0.0.1:9000/cb',
    'http://[::1]:9000/cb\n',
    'http://localhost:9000/cb',
    'com.example.app:/cb/',
    'javascript:alert(1)',
  ])('%j does not', (uri) => {
    expect(matchRedirectUri(registered, uri)).toBe(false);
  });

  test('one loopback address does not stand for the other', () => {
    expect(matchRedirectUri(['http://127.0.0.1/cb'], 'http://[::1]/cb')).toBe(false);
    expect(matchRedirectUri(['http://[::1]/cb'], 'http://127.0.0.1:9000/cb')).toBe(false);
  });

  test('whatever matches is registered, or a loopback address with the registered path', () => {
    const piece = fc.constantFrom('http://', '127.0.0.1', '[::1]', ':', '8', '/cb', '@', 'evil.example', '/', '?', '#', 'https://');
    const uri = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(uri, (text) => {
        if (!matchRedirectUri(registered, text)) return true;
        return registered.includes(text) || (['127.0.0.1', '[::1]'].includes(new URL(text).hostname) && new URL(text).pathname === '/cb');
      }),
    );
  });
});

describe('6: parameters are added encoded once, and what is there stays', () => {
  test.each([
    ['https://a.example/cb', 'https://a.example/cb?code=c&state=a%20%2B%2F%26'],
    ['https://a.example/cb?x=1', 'https://a.example/cb?x=1&code=c&state=a%20%2B%2F%26'],
    ['https://a.example/cb?', 'https://a.example/cb?code=c&state=a%20%2B%2F%26'],
    ['com.example:/cb', 'com.example:/cb?code=c&state=a%20%2B%2F%26'],
  ])('%s', (uri, expected) => {
    expect(appendParameters(uri, { code: 'c', state: 'a +/&', missing: null })).toBe(expected);
  });
});

test.each([
  ['https://app.example:8443/cb', 'app.example:8443'],
  ['com.example.app:/cb', 'an app on this device (com.example.app:)'],
])('W1: %s is shown as %s', (uri, shown) => {
  expect(describeRedirectTarget(uri, (scheme) => `an app on this device (${scheme})`)).toBe(shown);
});
