import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { EditedLines, editLines, type FieldEdit } from './edited-lines.js';
import { writeFieldLines } from './field-lines.js';
import { fieldName, nameBit } from './field-name.js';
import { listFields } from './field-section.js';

test.each<[string, (lines: EditedLines) => void, string]>([
  ['nothing', () => undefined, 'A: 1\r\nab: 2\r\na: 3\r\n'],
  ['every copy goes', (lines) => lines.remove(fieldName('a')), 'ab: 2\r\n'],
  ['one that is not there', (lines) => lines.remove(fieldName('b')), 'A: 1\r\nab: 2\r\na: 3\r\n'],
  ['one goes in place of all copies', (lines) => lines.set(fieldName('a'), '4'), 'ab: 2\r\na: 4\r\n'],
  [
    'one that was put in goes again',
    (lines) => [lines.set(fieldName('B'), '1'), lines.remove(fieldName('b'))],
    'A: 1\r\nab: 2\r\na: 3\r\n',
  ],
  [
    'the later one wins',
    (lines) => [lines.set(fieldName('B'), '1'), lines.set(fieldName('C'), '2'), lines.set(fieldName('b'), '3')],
    'A: 1\r\nab: 2\r\na: 3\r\nC: 2\r\nb: 3\r\n',
  ],
  ['a list gets what it lacks', (lines) => lines.append(fieldName('A'), '3, x,1, Y'), 'A: 1\r\nab: 2\r\na: 3\r\nA: x, Y\r\n'],
  ['and nothing that it has', (lines) => lines.append(fieldName('AB'), '2'), 'A: 1\r\nab: 2\r\na: 3\r\n'],
  [
    'also of what was put in',
    (lines) => [lines.append(fieldName('B'), 'x'), lines.append(fieldName('b'), 'X, y')],
    'A: 1\r\nab: 2\r\na: 3\r\nB: x\r\nb: y\r\n',
  ],
  ['a list that says all', (lines) => [lines.set(fieldName('ab'), '*'), lines.append(fieldName('ab'), 'x')], 'A: 1\r\na: 3\r\nab: *\r\n'],
])('%s', (_, edit, text) => {
  const lines = new EditedLines('A: 1\r\nab: 2\r\na: 3\r\n');
  edit(lines);
  expect(lines.text).toBe(text);
});

test('RFC 9110 §5.5: nothing is put in that no field may hold', () => {
  expect(() => new EditedLines('').set(fieldName('A'), '1\r\nB: 2')).toThrow(TypeError);
  expect(() => new EditedLines('').append(fieldName('A'), '1\r\nB: 2')).toThrow(TypeError);
});

test('whatever the lines hold, what is set is there once, and the other fields are as they were', () => {
  const name = fc.constantFrom('A', 'a', 'B', 'ab', 'A-b', 'b');
  const value = fc.constantFrom('', '1', 'a: 2', 'A', '\xc4', 'b:');
  const field = fc.tuple(name, value);
  fc.assert(
    fc.property(fc.array(field), fc.array(field), (held, sets) => {
      const lines = new EditedLines(writeFieldLines(held.flat()));
      for (const [setName, text] of sets) lines.set(fieldName(setName), text);
      let expected = held;
      for (const set of sets) expected = [...expected.filter(([other]) => other.toLowerCase() !== set[0].toLowerCase()), set];
      expect(listFields(lines.text)).toEqual(expected.flat());
    }),
  );
});

test('whatever names a section is known to hold, its edits come to the same', () => {
  const name = fc.constantFrom('A', 'a', 'B', 'ab', 'AB', 'A-b', 'b', 'q', 'Q-long-name');
  const field = fc.tuple(name, fc.constantFrom('1', 'x, y'));
  const edit = fc.record({
    kind: fc.constantFrom('set', 'append', 'remove'),
    field: name.map(fieldName),
    value: fc.constantFrom('2', 'y, z'),
  });
  fc.assert(
    fc.property(fc.array(field), fc.array(edit), (held, edits) => {
      const lines = writeFieldLines(held.flat());
      const names = held.reduce((bits, [own]) => bits | nameBit(own.length, own.charCodeAt(0)), 0);
      expect(editLines(lines, edits as FieldEdit[], names)).toBe(editLines(lines, edits as FieldEdit[]));
    }),
  );
});

test.each([
  ['A', 'A', 'A: 2\r\n'],
  ['A', 'a', 'a: 2\r\n'],
  ['A', 'B', 'A: 1\r\nB: 2\r\n'],
])('of fields that the lines cannot hold, %s and %s are set in turn', (first, second, text) => {
  const set = (name: string, value: string): FieldEdit => ({ kind: 'set', field: fieldName(name), value });
  expect(editLines('', [set(first, '1'), set(second, '2')], 0)).toBe(text);
});
