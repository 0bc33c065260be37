import { expect, test } from '@jest/globals';
import { hashOfSecret, SecretHashes } from './secret-hashes.js';

/** As calls do: what is not remembered is hashed, and offered. @returns whether it was remembered */
function use(hashes: SecretHashes, secret: string): boolean {
  const remembered = hashes.get(secret);
  if (remembered === undefined) hashes.offer(secret, hashOfSecret(secret));
  else expect(remembered).toBe(hashOfSecret(secret));
  return remembered !== undefined;
}

test('every secret that comes again and again is remembered in the end, in whatever turns they come', () => {
  const hashes = new SecretHashes();
  const secrets = Array.from({ length: 1_000 }, (_, i) => `secret ${i}`);
  for (let round = 0; round < 100; round++) for (const secret of secrets) use(hashes, secret);
  expect(secrets.every((secret) => use(hashes, secret))).toBe(true);
});

test('those in use stay while others come and go, and those come and go', () => {
  const hashes = new SecretHashes();
  for (let i = 0; i < 8; i++) use(hashes, 'in use');
  for (let i = 0; i < 200_000; i++) {
    use(hashes, `once ${i}`);
    if (i % 1_000 === 0) expect(use(hashes, 'in use')).toBe(true);
  }
  expect(
    Array.from({ length: 200_000 }, (_, i) => hashes.get(`once ${i}`)).filter((hash) => hash !== undefined).length,
  ).toBeLessThanOrEqual(10_000);
});

test('what is forgotten is hashed again', () => {
  const hashes = new SecretHashes();
  for (let i = 0; i < 8; i++) use(hashes, 'a');
  hashes.forget('a');
  expect(hashes.get('a')).toBeUndefined();
});
