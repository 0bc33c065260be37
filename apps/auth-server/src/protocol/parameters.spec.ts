import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseBasicCredentials } from './basic-credentials.js';
import { parseFormParameters } from './form-parameters.js';
import { parseJsonParameters } from './json-parameters.js';

const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;

describe('5: form parameters (RFC 6749 §3.1, appendix B)', () => {
  test.each([
    ['a=1&b=2', 'a', '1'],
    ['a=x+y%2Bz', 'a', 'x y+z'],
    ['a=%E2%82%AC', 'a', '€'],
    ['a=b=c', 'a', 'b=c'],
    ['a=', 'a', undefined],
    ['a', 'a', undefined],
    ['', 'a', undefined],
    ['&&a=1&', 'a', '1'],
  ])('%s: %s is %s', (text, name, value) => {
    expect(parseFormParameters(text).get(name)).toBe(value);
    expect(parseFormParameters(text).faultOf(name)).toBeUndefined();
  });

  test.each([
    ['a=1&a=2', 'repeated'],
    ['a=1&a=1', 'repeated'],
    ['a=&a=', 'repeated'],
    ['a=%FF', 'malformed'],
    ['a=%', 'malformed'],
    ['a=%00', 'malformed'],
  ])('%s is %s', (text, fault) => {
    const parameters = parseFormParameters(text);
    expect(parameters.faultOf('a')).toBe(fault);
    expect(parameters.get('a')).toBeUndefined();
  });

  test('what was form-encoded is read back whole', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (value) => {
        fc.pre(!value.includes('\0'));
        return parseFormParameters(new URLSearchParams({ a: value }).toString()).get('a') === value;
      }),
    );
  });

  test('no text makes it fail', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => parseFormParameters(text) !== null));
  });
});

describe('D, 20: JSON parameters', () => {
  test('an object of strings is read', () => {
    expect([...(parseJsonParameters('{"a":"1","b":"\\"x\\":\\\\","c":""}')?.entries() ?? [])]).toEqual([
      ['a', '1'],
      ['b', '"x":\\'],
    ]);
  });

  test.each([
    '',
    'null',
    '[]',
    '"a"',
    '{"a":1}',
    '{"a":null}',
    '{"a":["x"]}',
    '{"a":{"b":"c"}}',
    '{"a":"1","a":"2"}',
    '{"a":1,"a":"2"}',
    '{"a":{"b":"c"},"a":"2"}',
    '{"a":"1","\\u0061":"2"}',
    '{"a":"1"',
    "{'a':'1'}",
  ])('%s is refused', (text) => {
    expect(parseJsonParameters(text)).toBeNull();
  });

  test('no member reaches the prototype', () => {
    expect(parseJsonParameters('{"__proto__":"x"}')?.get('__proto__')).toBe('x');
    expect(parseJsonParameters('{}')?.get('toString')).toBeUndefined();
  });

  test('every object of strings is read back whole, and no text makes it fail', () => {
    const key = fc.string({ minLength: 1 }).filter((name) => name !== '__proto__');
    fc.assert(
      fc.property(fc.dictionary(key, fc.string({ minLength: 1 })), (object) => {
        const parameters = parseJsonParameters(JSON.stringify(object));
        return Object.entries(object).every(([name, value]) => value.includes('\0') || parameters?.get(name) === value);
      }),
    );
    fc.assert(fc.property(fc.json(), (text) => parseJsonParameters(text) !== undefined));
  });
});

describe('22: Basic credentials (RFC 6749 §2.3.1)', () => {
  test.each([
    [basic('id:secret'), 'id', 'secret'],
    [basic('a%3Ab:c%2Bd+e'), 'a:b', 'c+d e'],
    [basic('id:a:b'), 'id', 'a:b'],
    [basic('id:'), 'id', ''],
    [`bAsIc  ${Buffer.from('id:s').toString('base64')}`, 'id', 's'],
    ['Basic aWQ6cw', 'id', 's'],
  ])('%s', (field, clientId, clientSecret) => {
    expect(parseBasicCredentials(field)).toEqual({ clientId, clientSecret });
  });

  test.each([
    '',
    'Basic',
    'Basic ',
    'Basic !!!',
    'Basic aWQ6c',
    'Bearer aWQ6cw==',
    basic('no-colon'),
    basic(':secret'),
    basic('id:%FF'),
    basic('id:%00'),
  ])('%j is refused', (field) => {
    expect(parseBasicCredentials(field)).toBeNull();
  });

  test('no text makes it fail', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        (text) => parseBasicCredentials(text) !== undefined && parseBasicCredentials(basic(text)) !== undefined,
      ),
    );
  });
});
