import { describe, expect, test } from '@jest/globals';
import type { KnownPerson } from '../auth-method.js';
import { decideLogin, localAuthMethod } from './local.auth-method.js';
import { LocalAuthMethodConfig } from './local.config.js';

const config = new LocalAuthMethodConfig();
const person: KnownPerson = { userId: 'u1', passwordHash: 'hash', validated: true, blocked: false };

describe('local: who may log in', () => {
  test.each([
    [null, false, 'unknown-person'],
    [person, false, 'wrong-password'],
    [{ ...person, blocked: true }, false, 'wrong-password'],
    [{ ...person, blocked: true }, true, 'blocked'],
    [{ ...person, validated: false }, true, 'not-validated'],
  ])('%j with a matching password: %s is refused as %s', (known, matches, reason) => {
    expect(decideLogin(config, known, matches)).toEqual({ verified: false, reason });
  });

  test('the right password of a validated person is accepted', () => {
    expect(decideLogin(config, person, true)).toEqual({ verified: true, identity: { userId: 'u1', passwordHash: 'hash' } });
  });

  test('trustUsers: an unconfirmed address is no hindrance', () => {
    expect(decideLogin({ ...config, trustUsers: true }, { ...person, validated: false }, true).verified).toBe(true);
  });

  test('W5: an unknown person costs a password check as well, and addresses are compared in lower case', async () => {
    const checked: (string | null)[] = [];
    const asked: string[] = [];
    const method = localAuthMethod.create(config, {
      findPersonByEmail: async (email) => {
        asked.push(email);
        return null;
      },
      verifyPasswordHash: async (hash) => {
        checked.push(hash);
        return false;
      },
    });
    await method.verifyPassword(' Nobody@Example.com ', 'x');
    expect(checked).toEqual([null]);
    expect(asked).toEqual(['nobody@example.com']);
  });
});
