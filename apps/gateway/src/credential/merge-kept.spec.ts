import { expect, test } from '@jest/globals';
import type { KeptCredentials } from './credential-file.js';
import { mergeKept } from './merge-kept.js';

const NOW = 1_000_000;
const BOUND = 300_000;

function kept(position: string, ago: number, credentials: readonly { key: string; expiresAt?: number | null }[] = []): KeptCredentials {
  return {
    mark: { position, readAt: NOW - ago },
    keys: [],
    credentials: credentials.map(({ key, expiresAt = null }) => ({ key, expiresAt, facts: {} as never, signedBy: null })),
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
  ['one past the bound', [kept('7', BOUND, [{ key: 'a' }])], null],
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
  expect(summary(mergeKept(files, NOW, BOUND))).toEqual(expected);
});
