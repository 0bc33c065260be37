import { expect, test } from '@jest/globals';
import { FieldBlock, FieldLines, FieldList, type FieldSink, writeFieldLines } from './field-lines.js';

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

test('fields that are added one by one or as a block keep their order and copies, as lines and as a list', () => {
  const fill = <S extends FieldSink>(sink: S): S => {
    sink.add('B', '1');
    sink.addBlock(FieldBlock.ofFields(['a', '2', 'B', '3']));
    return sink;
  };
  expect(fill(new FieldLines()).text).toBe('B: 1\r\na: 2\r\nB: 3\r\n');
  expect(fill(new FieldList()).fields).toEqual(['B', '1', 'a', '2', 'B', '3']);
});
