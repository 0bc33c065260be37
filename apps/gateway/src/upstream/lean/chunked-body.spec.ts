import { expect, test } from '@jest/globals';
import { ChunkedBody } from './chunked-body.js';

test('trailers whose end comes later are those that came, whatever is read into the same buffer meanwhile', () => {
  const body = new ChunkedBody();
  const buffer = Buffer.from('0\r\nDigest: a');
  expect(body.decode(buffer, 0, () => undefined)).toBe(buffer.length);
  buffer.write('X'.repeat(buffer.length), 'latin1');
  body.decode(Buffer.from('bc\r\n\r\n'), 0, () => undefined);
  expect(body.trailers).toEqual(['Digest', 'abc']);
});
