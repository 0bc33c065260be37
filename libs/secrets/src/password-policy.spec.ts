import { describe, expect, test } from '@jest/globals';
import { decidePassword } from './password-policy.js';

const faultOf = (password: string, email = 'ada.lovelace@example.com'): string => {
  const decision = decidePassword(password, email);
  return decision.accepted ? 'accepted' : decision.reason;
};

describe('99, NIST SP 800-63B §3.1.1.2: which passwords people may choose', () => {
  test.each([
    ['', 'too-short'],
    ['123456789', 'too-short'],
    ['äöüäöüäöü', 'too-short'],
    ['😀😀😀😀😀', 'too-short'],
    ['x'.repeat(257), 'too-long'],
    ['qwertyuiop', 'common'],
    ['QWERTYUIOP', 'common'],
    ['password123', 'common'],
    ['Manchester1!', 'common'],
    ['!!dragon2024', 'common'],
    ['aaaaaaaaaaaaaaa', 'common'],
    ['1212121212121212', 'common'],
    ['abcdefghijklm', 'common'],
    ['123456789012345', 'common'],
    ['Ada.Lovelace@example.com', 'is-email'],
    ['ada.lovelace', 'is-email'],
    ['ada.lovelace1815', 'is-email'],
    ['correct horse battery staple', 'accepted'],
    ['ten chars!', 'accepted'],
    ['lowercaseonlyisfine', 'accepted'],
    ['Dragon and 2 moons', 'accepted'],
    ['пароль из многих слов', 'accepted'],
    [`x1${'y z'.repeat(80)}`, 'accepted'],
  ])('%j: %s', (password, expected) => expect(faultOf(password)).toBe(expected));
});
