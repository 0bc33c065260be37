import { expect, test } from '@jest/globals';
import { judgeRedirectUri } from './redirect-uri.js';

// BEHAVIOURS 3; RFC 6749 §3.1.2, RFC 8252 §7, RFC 9700 §2.6.
test.each([
  ['https://shop.example.com/callback', 'confidential'],
  ['https://shop.example.com/callback?tenant=1', 'public_spa'],
  ['https://shop.example.com', 'public_spa'],
  ['http://localhost:9000/callback', 'confidential'],
  ['http://app.localhost/cb', 'public_spa'],
  ['http://127.0.0.1/cb', 'public_native'],
  ['http://127.9.9.9:1/cb', 'public_native'],
  ['http://[::1]/cb', 'public_native'],
  ['com.example.app:/callback', 'public_native'],
])('3: %s is registered for a client of type %s', (uri, clientType) => {
  expect(judgeRedirectUri(uri, clientType)).toBeNull();
});

test.each([
  ['', 'absolute URI'],
  ['//shop.example.com/cb', 'absolute URI'],
  ['shop.example.com/cb', 'absolute URI'],
  ['https://', 'absolute URI'],
  ['https://a.example/%zz#', 'fragment'],
  ['https://a.example/*', 'wildcard'],
  ['https://*.a.example/', 'wildcard'],
  ['https://a.example/a b', 'spaces'],
  ['https://a.example\\@b.example/', 'backslashes'],
  [' https://a.example/', 'spaces'],
  ['JavaScript:alert(1)', 'the scheme javascript:'],
  ['data:text/html,x', 'the scheme data:'],
  ['vbscript:x', 'the scheme vbscript:'],
  ['file:///etc/passwd', 'the scheme file:'],
  ['blob:https://a.example/1', 'the scheme blob:'],
  ['https://user@a.example/', 'user name'],
  ['http://a.example/cb', 'not encrypted'],
  ['http://127.0.0.1.a.example/cb', 'not encrypted'],
  ['http://localhost.a.example/cb', 'not encrypted'],
  ['http://[::2]/cb', 'not encrypted'],
  ['myapp:/cb', 'reversed domain name'],
  [`https://a.example/${'x'.repeat(2000)}`, 'at most 2000'],
])('3: %s is refused: %s', (uri, reason) => {
  expect(judgeRedirectUri(uri, 'public_native')).toContain(reason);
});
