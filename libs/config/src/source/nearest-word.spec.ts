import { expect, test } from '@jest/globals';
import { nearestWord } from './nearest-word.js';

test.each([
  ['plan', ['plans', 'routes'], 'plans'],
  ['ruotes', ['plans', 'routes'], 'routes'],
  ['ROUTES', ['plans', 'routes'], 'routes'],
  ['apikeyheader', ['apiKeyHeader'], 'apiKeyHeader'],
  ['gold', ['golf', 'gold-plus'], 'golf'],
  ['price', ['name', 'plugins'], undefined],
  ['x', ['name'], undefined],
  ['', ['name'], undefined],
])('"%s" among %j suggests %j', (word, candidates, expected) => {
  expect(nearestWord(word, candidates)).toBe(expected);
});
