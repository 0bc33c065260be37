import { describe, expect, test } from '@jest/globals';
import { decideKeyChanges, ROTATION_AGE, type UsableKey } from './decide-key-changes.js';

const now = new Date('2026-06-01T00:00:00Z');
const ago = (ms: number) => new Date(now.getTime() - ms);
const es = (kid: string, signsFrom: Date | null): UsableKey => ({ kid, alg: 'ES256', signsFrom });
const rs: UsableKey[] = [
  { kid: 'r1', alg: 'RS256', signsFrom: ago(1) },
  { kid: 'r2', alg: 'RS256', signsFrom: null },
];
const none = { alg: 'ES256', signer: false, next: false, promote: null };

describe('44: what the signing keys need', () => {
  test.each<[string, UsableKey[], object[]]>([
    ['no key at all: one that signs, one that is next', [], [{ ...none, signer: true, next: true }]],
    ['nothing', [es('a', ago(1)), es('b', null)], []],
    ['a next key', [es('a', ago(1))], [{ ...none, next: true }]],
    ['a signer, where only the next one can be opened', [es('b', null)], [{ ...none, signer: true }]],
    ['old enough: the next one takes over', [es('a', ago(ROTATION_AGE)), es('b', null)], [{ ...none, next: true, promote: 'b' }]],
    ['old enough, without a next one', [es('a', ago(ROTATION_AGE))], [{ ...none, next: true, promote: 'new' }]],
    ['not old enough by a moment', [es('a', ago(ROTATION_AGE - 1)), es('b', null)], []],
    ['an old key whose successor signs', [es('z', ago(2 * ROTATION_AGE)), es('a', ago(1)), es('b', null)], []],
    ['a takeover that is due soon is waited for', [es('a', ago(ROTATION_AGE)), es('b', ago(-300_000)), es('c', null)], []],
    ['a key made by a clock that is a little ahead counts', [es('a', ago(-30_000)), es('b', null)], []],
  ])('%s', (_, keys, needs) => {
    expect(decideKeyChanges([...keys, ...rs], now, false)).toEqual(needs);
  });

  test('on demand the next ones take over, whatever the age, but not twice', () => {
    expect(decideKeyChanges([es('a', ago(1)), es('b', null), ...rs], now, true)).toEqual([
      { ...none, next: true, promote: 'b' },
      { ...none, alg: 'RS256', next: true, promote: 'r2' },
    ]);
    expect(decideKeyChanges([es('a', ago(1)), es('b', ago(-300_000)), es('c', null)], now, true).map(({ alg }) => alg)).toEqual(['RS256']);
  });
});
