import { expect, test } from '@jest/globals';
import type { Api } from '#config/registry.js';
import { compileChallenges, quoted } from './challenge.js';

test.each([
  ['plain', '"plain"'],
  ['a "b"', '"a \\"b\\""'],
  ['back\\slash', '"back\\\\slash"'],
  ['Bücher\r\n', '"B?cher??"'],
])('BEHAVIOURS 62: %j as quoted string', (text, expected) => {
  expect(quoted(text)).toBe(expected);
});

const challenges = (auth: Api['auth']) => compileChallenges({ name: 'Orders', auth } as Api, 'x-apikey', 'https://gw/m');

test('RFC 6750 §3.1: no error code where no credential came', () => {
  expect(challenges(['oauth2']).missing).toEqual(['Bearer realm="Orders", resource_metadata="https://gw/m"']);
});

test('BEHAVIOURS 62: one challenge per scheme', () => {
  expect(challenges(['oauth2', 'key-auth']).invalidToken).toEqual([
    'Bearer realm="Orders", error="invalid_token", error_description="The access token is not valid", resource_metadata="https://gw/m"',
    'ApiKey realm="Orders", header="x-apikey"',
  ]);
});

test('BEHAVIOURS 60: all needed scopes are named', () => {
  expect(challenges(['oauth2']).insufficientScope(['read', 'write'])).toEqual([
    'Bearer realm="Orders", error="insufficient_scope", scope="read write", resource_metadata="https://gw/m"',
  ]);
});
