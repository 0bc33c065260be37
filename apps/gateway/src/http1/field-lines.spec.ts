import { expect, test } from '@jest/globals';
import { FieldBlock, FieldLines, isFieldValue, writeFieldLines } from './field-lines.js';

test.each([
  ['a line break', '1\r\nB: 2'],
  ['a bare LF', '1\nB: 2'],
  ['NUL', '\0'],
  ['a character that Latin-1 would cut to a line break', '\u010d\u010aB: 2'],
])('RFC 9110 §5.5: no line is written for a value with %s', (_, value) => {
  expect(() => writeFieldLines(['A', value])).toThrow(TypeError);
  expect(() => new FieldLines().add('A', value)).toThrow(TypeError);
  expect(() => FieldBlock.ofFields(['A', value]).lines).toThrow(TypeError);
});

test('fields that are added one by one or as a block keep their order and copies', () => {
  const lines = new FieldLines();
  lines.add('B', '1');
  lines.addBlock(FieldBlock.ofFields(['a', '2', 'B', '3']));
  expect(lines.text).toBe('B: 1\r\na: 2\r\nB: 3\r\n');
});

test('a block of lines is the same as one of fields; spaces and tabs around a value are no part of it, and nothing else is taken for space', () => {
  expect(FieldBlock.ofLines('A: 1\r\nb:\t2 \r\nC: \xa03\xa0\r\nd:\r\n').fields).toEqual(['A', '1', 'b', '2', 'C', '\xa03\xa0', 'd', '']);
  expect(FieldBlock.ofFields(['A', '1', 'b', '2']).lines).toBe('A: 1\r\nb: 2\r\n');
});

test('RFC 9110 §5.5: of every character it is known whether a value may hold it, wherever it stands', () => {
  const allowed = (text: string): boolean => !/[^\t\x20-\x7e\x80-\xff]/.test(text);
  const texts = Array.from({ length: 0x1_0000 }, (_, code) => String.fromCharCode(code)).flatMap((one) => [one, `${one}b`, `a${one}`]);
  expect(texts.filter((text) => isFieldValue(text) !== allowed(text))).toEqual([]);
});

test('what a plugin says that is no text is looked at as the text that it is written as', () => {
  const said: unknown[] = [new Error('a\r\nb: c'), { toString: () => 'a\r\nb: c' }, ['a\nb'], 5, true, ['a', 'b']];
  expect(said.map((one) => isFieldValue(one as string))).toEqual([false, false, false, true, true, true]);
});
