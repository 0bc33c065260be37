import { describe, expect, test } from '@jest/globals';
import { hashToken, isWellFormedToken, newToken, TOKEN_PREFIXES, type TokenKind } from './token.js';

describe('tokens', () => {
  test.each(Object.keys(TOKEN_PREFIXES) as TokenKind[])('%s: recognisable, well formed, 256 bits', (kind) => {
    const token = newToken(kind);
    expect(token.startsWith(TOKEN_PREFIXES[kind])).toBe(true);
    expect(token).toMatch(/^[A-Za-z0-9_-]{55}$/);
    expect(isWellFormedToken(kind, token)).toBe(true);
    expect(newToken(kind)).not.toBe(token);
  });

  test('a changed character, a cut and another kind are not well formed', () => {
    const token = newToken('accessToken');
    const changed = token.slice(0, 10) + (token[10] === 'A' ? 'B' : 'A') + token.slice(11);
    for (const bad of [changed, token.slice(0, -1), `${token}A`, '', token.replace('gh_at_', 'gh_rt_')]) {
      expect(isWellFormedToken('accessToken', bad)).toBe(false);
    }
  });

  test('hash is SHA-256', () => {
    expect(hashToken('abc').toString('hex')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });
});
