import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { formatUserCode, newUserCode, parseUserCode } from './user-code.js';

describe('48: user codes (RFC 8628 §6.1)', () => {
  test('what is shown can be typed in any case, with blanks or dashes, or none', () => {
    for (let i = 0; i < 100; i++) {
      const code = newUserCode();
      expect(code).toMatch(/^[BCDFGHJKLMNPQRSTVWXZ]{8}$/);
      const shown = formatUserCode(code);
      for (const typed of [shown, shown.toLowerCase(), code, ` ${shown.replace('-', ' ')} `, shown.replace('-', '–')]) {
        expect(parseUserCode(typed)).toBe(code);
      }
    }
  });

  test.each(['', 'BCDF', 'BCDF-GHJKL', 'BCDF-GHJA', 'BCDF-GHJ1', 'ßCDFGHJK', `BCDF${'-'.repeat(200)}GHJK`])('%j is none', (typed) => {
    expect(parseUserCode(typed)).toBeNull();
  });

  test('whatever is typed gives a code or null', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (typed) => {
        const code = parseUserCode(typed);
        return code === null || /^[BCDFGHJKLMNPQRSTVWXZ]{8}$/.test(code);
      }),
    );
  });
});
