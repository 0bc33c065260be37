import { createHash, randomInt } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { LRUCache } from 'lru-cache';
import { CredentialTable } from './credential-table.js';
import type { ResolvedCredential } from './resolved-credential.js';

const credential = (admittedBy: number) => ({ admittedBy }) as ResolvedCredential;
const hash = (text: string): string => createHash('sha256').update(text).digest('base64');

/** Does the same to a table and to a library's cache, which have to say the same of it. */
function compareWithLibrary(max: number, keys: readonly string[], operations: number): void {
  const gone: string[] = [];
  const goneThere: string[] = [];
  const table = new CredentialTable(max, ({ admittedBy }, key, why) => gone.push(`${key} ${admittedBy} ${why}`));
  const library = new LRUCache<string, ResolvedCredential>({
    max,
    dispose: ({ admittedBy }, key, reason) => goneThere.push(`${key} ${admittedBy} ${reason === 'evict' ? 'evicted' : 'removed'}`),
  });
  for (let done = 0; done < operations; done++) {
    const key = keys[randomInt(keys.length)] as string;
    const chosen = randomInt(100);
    if (chosen < 50) expect(table.get(key)).toBe(library.get(key));
    else if (chosen < 80) {
      const one = credential(done);
      table.set(key, one);
      library.set(key, one);
    } else if (chosen < 99 || operations < 1_000) {
      table.delete(key);
      library.delete(key);
    } else if (randomInt(20) === 0) {
      table.clear();
      library.clear();
      gone.sort();
      goneThere.sort();
    }
    if (done % 97 === 0) {
      expect([...table.entries()]).toEqual([...library.entries()]);
      expect(table.size).toBe(library.size);
      expect(gone.splice(0)).toEqual(goneThere.splice(0));
    }
  }
}

describe('a table of credentials does what a well-known cache does', () => {
  const named = (count: number, name: (index: number) => string) => Array.from({ length: count }, (_, index) => name(index));

  test.each<[string, number, string[]]>([
    ['hashes, some of which have no room', 100, named(150, (i) => hash(`token ${i}`))],
    ['hashes that all have room', 100, named(60, (i) => hash(`token ${i}`))],
    ['names that end alike', 30, named(45, (i) => `grant:${i}:0123456789`)],
    ['a single place', 1, named(3, (i) => hash(`token ${i}`))],
    ['short names, and the empty one', 7, ['', 'a', 'b', 'ab', 'ba', 'abc', 'g', 'h', 'i']],
  ])('%s', (_, max, keys) => compareWithLibrary(max, keys, 60_000));
});

test('what left is held no more', () => {
  const table = new CredentialTable(2, () => undefined);
  for (const key of ['a', 'b', 'c']) table.set(key, credential(1));
  expect(['a', 'b', 'c'].map((key) => table.get(key)?.admittedBy)).toEqual([undefined, 1, 1]);
});

test('places are used again: many come and go', () => {
  const table = new CredentialTable(1_000, () => undefined);
  for (let i = 0; i < 100_000; i++) table.set(hash(String(i)), credential(i));
  expect(table.size).toBe(1_000);
  expect([...table.entries()].map(([, { admittedBy }]) => admittedBy)).toEqual(Array.from({ length: 1_000 }, (_, i) => 99_999 - i));
});
