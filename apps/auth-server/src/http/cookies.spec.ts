import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { CookieJar } from './cookies.js';

const ID = 'a'.repeat(43);
const secure = new CookieJar('https://auth.example');
const plain = new CookieJar('http://localhost:8010');

describe('16: cookies', () => {
  test('over https: __Host-, Secure, HttpOnly, SameSite=Lax', () => {
    expect(secure.write(secure.session('local'), ID, 60)).toBe(
      `__Host-gatehouse-session-local=${ID}; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=60`,
    );
  });

  test('over plain http: the same without what browsers refuse there', () => {
    expect(plain.write(plain.browser, ID)).toBe(`gatehouse-browser=${ID}; Path=/; HttpOnly; SameSite=Lax`);
  });

  test.each([
    [`gatehouse-browser=${ID}`, ID],
    [`a=b; gatehouse-browser=${ID}; c=d`, ID],
    [undefined, null],
    ['', null],
    ['gatehouse-browser=', null],
    ['gatehouse-browser=short', null],
    [`gatehouse-browser=${ID}; gatehouse-browser=${'b'.repeat(43)}`, null],
    [`xgatehouse-browser=${ID}`, null],
  ])('%j is read as %j', (field, value) => {
    expect(plain.read(field, plain.browser)).toBe(value);
  });

  test('no text makes reading fail, and nothing but an id of ours is read', () => {
    const field = fc.oneof(
      fc.string(),
      fc.string().map((text) => `gatehouse-browser=${text}`),
    );
    fc.assert(fc.property(field, (text) => /^[\w-]{43}$/.test(plain.read(text, plain.browser) ?? ID)));
  });
});
