import { describe, expect, test } from '@jest/globals';
import type { Pool } from '#config/registry.js';
import { parseFormParameters } from '../protocol/form-parameters.js';
import { readProperties } from './read-properties.js';

const property = { id: 'name', description: 'Full name', required: true, minLength: 3, maxLength: 5, oidcClaim: null };
const poolOf = (changes: object = {}) => ({ properties: [{ ...property, ...changes }] }) as unknown as Pool;
const read = (body: string, changes?: object) => {
  const { values, faults } = readProperties(poolOf(changes), parseFormParameters(body));
  return [values.name, faults.get('name')];
};

describe('W6: the limits of a registration form', () => {
  test.each([
    ['abc', undefined],
    ['abcde', undefined],
    ['ab', 'too-short'],
    ['abcdef', 'too-long'],
    // Characters count, not the code units that they take.
    ['😀😀😀😀😀', undefined],
    ['😀😀', 'too-short'],
    ['a\nbc', 'malformed'],
    ['ab\u007f', 'malformed'],
  ])('%j: %s', (value, fault) => {
    expect(read(`property-name=${encodeURIComponent(value)}`)).toEqual([value, fault]);
  });

  test.each(['', 'property-name=', 'property-name=%20%09', 'property-other=abc', 'name=abc'])(
    '%j has nothing: missing where it is required',
    (body) => {
      expect(read(body)).toEqual([undefined, 'missing']);
      expect(read(body, { required: false })).toEqual([undefined, undefined]);
    },
  );

  test('blanks around a value do not count', () => {
    expect(read('property-name=%20%20ab%20%20')).toEqual(['ab', 'too-short']);
    expect(read('property-name=%20abcde%20')).toEqual(['abcde', undefined]);
  });

  test('5: a value that is sent twice is none, whichever would do', () => {
    expect(read('property-name=abc&property-name=abc')[1]).toBe('malformed');
    expect(read('property-name=abc&property-name=', { required: false })[1]).toBe('malformed');
  });

  test('what the pool does not ask for is not kept', () => {
    const { values } = readProperties(poolOf(), parseFormParameters('property-name=abc&property-admin=yes'));
    expect(values).toEqual({ name: 'abc' });
  });
});
