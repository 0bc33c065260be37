import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { normalisePath, readTarget } from './request-path.js';

describe('BEHAVIOURS 74: one path for matching, authorising and sending', () => {
  test.each([
    ['/', '/'],
    ['/orders/v1', '/orders/v1'],
    ['/orders/v1/', '/orders/v1/'],
    ['/a//b', '/a//b'],
    ['//host/a', '//host/a'],
    ['/a;x=1/b', '/a;x=1/b'],
    ['/%6frders', '/orders'],
    ['/%7Euser/%2e', '/~user/'],
    ['/a/./b', '/a/b'],
    ['/a/../b', '/b'],
    ['/a/b/..', '/a/'],
    ['/a/.', '/a/'],
    ['/a/%2e%2E/b', '/b'],
    ['/caf%c3%a9', '/caf%C3%A9'],
    ['/a%252e%252e/b', '/a%252e%252e/b'],
    ['/a%20b', '/a%20b'],
    ['/.hidden', '/.hidden'],
    ['/a...b/...', '/a...b/...'],
    ['/a/..b', '/a/..b'],
  ])('%s is %s', (target, path) => {
    expect(readTarget(target)).toEqual({ ok: true, authority: null, path, query: '' });
  });

  test.each([
    ['/a%2fb', 'encoded-slash'],
    ['/a%5Cb', 'encoded-slash'],
    ['/a\\..\\b', 'character'],
    ['/a%00', 'control'],
    ['/a%0d%0ab', 'control'],
    ['/a%7f', 'control'],
    ['/a%zz', 'escape'],
    ['/a%2', 'escape'],
    ['/caf\u00e9', 'character'],
    ['/a b', 'character'],
    ['/a/..;/b', 'parameter'],
    ['/a/.;x/b', 'parameter'],
    ['/a/%2e%2e;/b', 'parameter'],
    ['/a/..%3b/b', 'parameter'],
    ['/..', 'above-root'],
    ['/a/../../b', 'above-root'],
    ['/a#b', 'fragment'],
    ['/a?b#c', 'fragment'],
    ['*', 'form'],
    ['orders', 'form'],
    ['ftp://host/a', 'form'],
    ['http://user@host/a', 'form'],
    ['', 'form'],
  ])('%s is refused: %s', (target, fault) => {
    expect(readTarget(target)).toEqual({ ok: false, fault });
  });
});

test('BEHAVIOURS 76: the query stays byte for byte', () => {
  expect(readTarget('/a?b=%2F..&b=1&&c;d=\u00e9%zz?')).toMatchObject({ ok: true, path: '/a', query: '?b=%2F..&b=1&&c;d=\u00e9%zz?' });
});

test('RFC 9112 §3.2.2: the authority of an absolute-form target is told', () => {
  expect(readTarget('http://API.example:8080/a/../b?c')).toEqual({ ok: true, authority: 'API.example:8080', path: '/b', query: '?c' });
  expect(readTarget('https://api.example?c')).toEqual({ ok: true, authority: 'api.example', path: '/', query: '?c' });
});

test('a normal form is its own normal form, and holds no dot segment', () => {
  const piece = fc.constantFrom('/', '.', '..', '%2e', '%2E%2e', 'a', ';', '%25', '%2f', '%3b', '%41', '%c3', 'b');
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const once = normalisePath(`/${pieces.join('')}`);
      if (once === null) return;
      expect(normalisePath(once)).toBe(once);
      expect(once.split('/').some((segment) => segment === '.' || segment === '..')).toBe(false);
    }),
  );
});
