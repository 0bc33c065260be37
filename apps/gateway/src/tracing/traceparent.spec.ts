import { expect, test } from '@jest/globals';
import { readTraceparent, writeTraceparent } from './traceparent.js';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';

test('BEHAVIOURS 93: a well-formed traceparent is read, and written as it was', () => {
  const read = readTraceparent(`00-${TRACE}-${SPAN}-01`);
  expect(read).toEqual({ traceId: TRACE, spanId: SPAN, flags: 1 });
  expect(read && writeTraceparent(read)).toBe(`00-${TRACE}-${SPAN}-01`);
});

test.each([
  ['none', undefined],
  ['an empty one', ''],
  ['two', `00-${TRACE}-${SPAN}-01, 00-${TRACE}-${SPAN}-01`],
  ['upper case', `00-${TRACE.toUpperCase()}-${SPAN}-01`],
  ['a trace id of zeros', `00-${'0'.repeat(32)}-${SPAN}-01`],
  ['a parent of zeros', `00-${TRACE}-${'0'.repeat(16)}-01`],
  ['version ff', `ff-${TRACE}-${SPAN}-01`],
  ['a short trace id', `00-${TRACE.slice(1)}-${SPAN}-01`],
  ['something behind', `00-${TRACE}-${SPAN}-01x`],
  ['a token', 'gh_at_abc'],
])('BEHAVIOURS 93: %s is not taken', (_what, text) => {
  expect(readTraceparent(text)).toBeNull();
});
