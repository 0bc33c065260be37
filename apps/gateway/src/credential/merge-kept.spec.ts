import { expect, test } from '@jest/globals';
import type { KeptByProcess, KeptCredentials } from './credential-file.js';
import { mergeKept } from './merge-kept.js';

const NOW = 1_000_000;
const BOUND = 300_000;
const BOUNDS = { credentials: BOUND, grants: 2 * BOUND };

function kept(position: string, ago: number, credentials: readonly { key: string; expiresAt?: number | null }[] = []): KeptByProcess {
  return {
    name: position,
    mark: { position, readAt: NOW - ago },
    changes: [{ kind: 'user', subjectId: position }],
    keys: [],
    credentials: credentials.map(({ key, expiresAt = null }) => ({ key, expiresAt, facts: {} as never, signedBy: null })),
    grants: { apiIds: [position], families: [], people: [], doubts: [], tokenLife: 0 },
  };
}
const summary = (merged: KeptCredentials | null) =>
  merged && [merged.mark.position, NOW - merged.mark.readAt, merged.credentials.map(({ key }) => key)];

test.each([
  ['nothing', [], null],
  ['one file', [kept('7', 1_000, [{ key: 'a' }])], ['7', 1_000, ['a']]],
  [
    'several: the mark of the one that knew least',
    [kept('100', 1_000, [{ key: 'a' }]), kept('99', 2_000, [{ key: 'b' }])],
    ['99', 2_000, ['a', 'b']],
  ],
  ['one past the bound of credentials', [kept('7', BOUND, [{ key: 'a' }])], ['7', BOUND, []]],
  ['one past every bound', [kept('7', 2 * BOUND, [{ key: 'a' }])], null],
  ['one from the future, as a clock set back makes it', [kept('7', -1, [{ key: 'a' }])], null],
  ['one of a process of long ago', [kept('7', 70_000, [{ key: 'a' }]), kept('9', 1_000, [{ key: 'b' }])], ['9', 1_000, ['b']]],
  [
    'expired credentials',
    [
      kept('7', 1_000, [
        { key: 'a', expiresAt: NOW },
        { key: 'b', expiresAt: NOW + 1 },
      ]),
    ],
    ['7', 1_000, ['b']],
  ],
])('%s', (_, files, expected) => {
  expect(summary(mergeKept(files, NOW, BOUNDS))).toEqual(expected);
});

test('grants are those of the process that read the feed last and held some', () => {
  const files = [kept('7', 2_000), kept('8', 1_000), { ...kept('9', 500), grants: null }];
  expect(mergeKept(files, NOW, BOUNDS)).toMatchObject({ grantsBy: '8', grants: { apiIds: ['8'] }, mark: { position: '7' } });
});
