import { expect, test } from '@jest/globals';
import { RootSecret } from '#secrets/root-secret.js';
import { CsrfTokens } from './csrf.js';

const csrf = new CsrfTokens(new RootSecret('0'.repeat(32)));
const token = csrf.token('browser', 'login:1');

test.each<[string, string | undefined, string | null, string, boolean]>([
  ['its own', token, 'browser', 'login:1', true],
  ['none', undefined, 'browser', 'login:1', false],
  ['an empty one', '', 'browser', 'login:1', false],
  ['that of another form', token, 'browser', 'consent:1', false],
  ['that of another flow', token, 'browser', 'login:2', false],
  ['that of another browser', token, 'other', 'login:1', false],
  ['one without cookies', token, null, 'login:1', false],
  [
    'one under another root secret',
    new CsrfTokens(new RootSecret('1'.repeat(32))).token('browser', 'login:1'),
    'browser',
    'login:1',
    false,
  ],
])('14: a form with %s is accepted: %#', (_, sent, browser, purpose, accepted) => {
  expect(csrf.matches(sent, browser, purpose)).toBe(accepted);
});
