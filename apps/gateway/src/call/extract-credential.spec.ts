import { expect, test } from '@jest/globals';
import { type ExtractedCredential, extractCredential } from './extract-credential.js';

const OAUTH = { acceptsToken: true, acceptsKey: false };
const KEY = { acceptsToken: false, acceptsKey: true };
const BOTH = { acceptsToken: true, acceptsKey: true };

interface Sent {
  readonly authorization?: string[];
  readonly apiKey?: string[];
  readonly query?: string;
}
function extract(accepts: typeof OAUTH, { authorization = [], apiKey = [], query = '' }: Sent): ExtractedCredential {
  const fields = {
    authorization: authorization.at(-1),
    authorizationCount: authorization.length,
    apiKey: apiKey.at(-1),
    apiKeyCount: apiKey.length,
  };
  return extractCredential(accepts, fields, query);
}
const fault = (name: string) => ({ kind: 'fault', fault: name });

test.each<[string, typeof OAUTH, Sent, object]>([
  ['a token', OAUTH, { authorization: ['Bearer abc'] }, { kind: 'token', secret: 'abc' }],
  ['the scheme in any case', OAUTH, { authorization: ['bEaReR abc'] }, { kind: 'token', secret: 'abc' }],
  ['BEHAVIOURS 59: an empty token is a bad one', OAUTH, { authorization: ['Bearer'] }, { kind: 'token', secret: '' }],
  ['another scheme', OAUTH, { authorization: ['Basic abc'] }, { kind: 'none' }],
  ['another scheme that begins alike', OAUTH, { authorization: ['BearerX abc'] }, { kind: 'none' }],
  ['nothing', BOTH, {}, { kind: 'none' }],
  ['a key', KEY, { apiKey: ['k'] }, { kind: 'key', secret: 'k' }],
  ['an empty key', KEY, { apiKey: [''] }, { kind: 'none' }],
  ['a token where only keys count', KEY, { authorization: ['Bearer abc'] }, { kind: 'none' }],
  ['a key where only tokens count', OAUTH, { apiKey: ['k'] }, { kind: 'none' }],
  ['BEHAVIOURS 57: a token in the query', OAUTH, { query: '?a=1&access_token=abc' }, fault('token-in-query')],
  ['BEHAVIOURS 57: with its name escaped', OAUTH, { query: '?access%5Ftoken=abc' }, fault('token-in-query')],
  ['a parameter that only looks like it', OAUTH, { query: '?my_access_token=abc&x=access_token' }, { kind: 'none' }],
  ['a broken escape in the query', OAUTH, { query: '?%zz=1' }, { kind: 'none' }],
  ['a query of an API with keys alone', KEY, { query: '?access_token=abc', apiKey: ['k'] }, { kind: 'key', secret: 'k' }],
  ['BEHAVIOURS 57: token and key', BOTH, { authorization: ['Bearer abc'], apiKey: ['k'] }, fault('two-credentials')],
  ['BEHAVIOURS 57: two tokens', OAUTH, { authorization: ['Bearer a', 'Bearer b'] }, fault('credential-twice')],
  ['BEHAVIOURS 57: two keys', BOTH, { apiKey: ['a', 'b'] }, fault('credential-twice')],
])('%s', (_, accepts, sent, expected) => {
  expect(extract(accepts, sent)).toEqual(expected);
});
