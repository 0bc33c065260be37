import { expect, test } from '@jest/globals';
import { keepPrivate } from './private-response.js';

test.each([
  ['nothing', [], true],
  ['max-age', ['Cache-Control', 'max-age=60'], true],
  ['a directive like public', ['Cache-Control', 'x-public'], true],
  ['public', ['cache-control', 'max-age=60, public'], false],
  ['s-maxage', ['Cache-Control', 's-maxage=60'], false],
  ['must-revalidate', ['Cache-Control', 'must-revalidate'], false],
  ['private on a second line', ['Cache-Control', 'max-age=1', 'Cache-Control', 'Private'], false],
  ['no-store', ['Cache-Control', 'no-store'], false],
])('BEHAVIOURS 67, RFC 9111 §3.5: an answer to an API key that says %s', (_, fields, added) => {
  const kept = [...fields] as string[];
  keepPrivate(kept);
  expect(kept).toEqual(added ? [...fields, 'Cache-Control', 'private'] : fields);
});
