import { expect, test } from '@jest/globals';
import type { FieldEdit } from '../http1/edited-lines.js';
import { fieldName } from '../http1/field-name.js';
import { applyResponseEdits, readResponseFields, readTrailers } from './response-fields.js';

const same = (value: string): string => value;

test('BEHAVIOURS 68, 77, 90: hop-by-hop and inside fields go, the others stay as they are', () => {
  const raw = ['Set-Cookie', 'a=1', 'Server', 'x', 'set-cookie', 'b=2', 'X-Powered-By', 'y', 'Keep-Alive', 'timeout=5', 'ETag', '"e"'];
  expect(readResponseFields(raw, 200, same)).toEqual(['Set-Cookie', 'a=1', 'set-cookie', 'b=2', 'ETag', '"e"']);
});

test('BEHAVIOURS 68: fields that the upstream lists in Connection go', () => {
  expect(readResponseFields(['X-Private', '1', 'Connection', 'keep-alive, x-private', 'X-Public', '2'], 200, same)).toEqual([
    'X-Public',
    '2',
  ]);
});

test('BEHAVIOURS 78: a 204 says no length, a 304 may', () => {
  expect(readResponseFields(['Content-Length', '0'], 204, same)).toEqual([]);
  expect(readResponseFields(['Content-Length', '10'], 304, same)).toEqual(['Content-Length', '10']);
});

test('RFC 9110 §6.5.1: no framing or control fields in trailers', () => {
  expect(readTrailers(['X-Sum', '1', 'Content-Length', '5', 'Set-Cookie', 'a=b', 'X-Sum', '2'], undefined)).toEqual([
    ['X-Sum', '1'],
    ['X-Sum', '2'],
  ]);
});

test('BEHAVIOURS 68: nor what is for the upstream’s connection alone', () => {
  const raw = ['X-Sum', '1', 'Proxy-Authorization', 'a', 'Proxy-Authentication-Info', 'b', 'X-Hop', 'c'];
  expect(readTrailers(raw, 'close, x-hop')).toEqual([['X-Sum', '1']]);
});

const edit = (kind: FieldEdit['kind'], name: string, value = ''): FieldEdit => ({ kind, field: fieldName(name), value });

test.each<[string, string[], FieldEdit[], string[]]>([
  ['set replaces every copy', ['A', '1', 'B', '2', 'a', '3'], [edit('set', 'A', '4')], ['B', '2', 'A', '4']],
  ['remove takes every copy', ['A', '1', 'a', '2', 'B', '3'], [edit('remove', 'a')], ['B', '3']],
  ['append keeps what is there', ['Vary', 'Accept'], [edit('append', 'vary', 'Origin')], ['Vary', 'Accept', 'vary', 'Origin']],
  ['append adds nothing twice', ['Vary', 'Accept, origin'], [edit('append', 'Vary', 'Origin')], ['Vary', 'Accept, origin']],
  ['append adds what is missing', ['Vary', 'b'], [edit('append', 'Vary', 'a, b, c')], ['Vary', 'b', 'Vary', 'a, c']],
  ['append leaves * alone', ['Vary', '*'], [edit('append', 'Vary', 'Origin')], ['Vary', '*']],
  ['edits apply in order', ['A', '1'], [edit('remove', 'A'), edit('set', 'A', '2'), edit('set', 'A', '3')], ['A', '3']],
])('%s', (_, fields, edits, expected) => {
  expect(applyResponseEdits(fields, edits)).toEqual(expected);
});
