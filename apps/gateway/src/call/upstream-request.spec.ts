import { expect, test } from '@jest/globals';
import { upstreamTarget } from './upstream-request.js';

test.each([
  ['/orders/v1/a', '/orders/v1', '', '/a'],
  ['/orders/v1', '/orders/v1', '', '/'],
  ['/orders/v1/', '/orders/v1', '', '/'],
  ['/orders/v1//a', '/orders/v1', '', '//a'],
  ['/orders/v1/a', '', '', '/orders/v1/a'],
  ['/orders/v1/a', '/orders/v1', '/base', '/base/a'],
  ['/orders/v1', '/orders/v1', '/base', '/base'],
  ['/a', '', '/base', '/base/a'],
])('%s without "%s" under "%s" is %s', (path, stripped, base, expected) => {
  expect(upstreamTarget(path, stripped, base)).toBe(expected);
});
