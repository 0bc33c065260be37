import { expect, test } from '@jest/globals';
import { hashOfSecret, KnownSecrets } from './known-secrets.js';
import type { ResolvedCredential } from './resolved-credential.js';

const credential = {} as ResolvedCredential;

/** As calls do: what is not remembered is hashed, and offered. @returns whether it was remembered */
function use(secrets: KnownSecrets, secret: string): boolean {
  const known = secrets.get(secret);
  if (known === undefined) secrets.offer(secret, hashOfSecret(secret), credential, 0);
  else expect(known.hash).toBe(hashOfSecret(secret));
  return known !== undefined;
}

test('every secret that comes again and again is remembered in the end, in whatever turns they come', () => {
  const known = new KnownSecrets();
  const secrets = Array.from({ length: 1_000 }, (_, i) => `secret ${i}`);
  for (let round = 0; round < 100; round++) for (const secret of secrets) use(known, secret);
  expect(secrets.every((secret) => use(known, secret))).toBe(true);
});

test('those in use stay while others come and go, and those come and go', () => {
  const known = new KnownSecrets();
  for (let i = 0; i < 8; i++) use(known, 'in use');
  for (let i = 0; i < 200_000; i++) {
    use(known, `once ${i}`);
    if (i % 1_000 === 0) expect(use(known, 'in use')).toBe(true);
  }
  expect(Array.from({ length: 200_000 }, (_, i) => known.get(`once ${i}`)).filter((one) => one !== undefined).length).toBeLessThanOrEqual(
    10_000,
  );
});

test('one that is used no more is forgotten within two minutes; one in use is not', () => {
  const known = new KnownSecrets();
  for (let i = 0; i < 8; i++) use(known, 'revoked');
  for (let i = 0; i < 8; i++) use(known, 'in use');
  const begin = Date.now();
  for (let second = 0; second <= 120; second++) {
    known.age(begin + second * 1_000);
    expect(use(known, 'in use')).toBe(true);
  }
  expect(known.get('revoked')).toBeUndefined();
});

test('what is forgotten is hashed again', () => {
  const known = new KnownSecrets();
  for (let i = 0; i < 8; i++) use(known, 'a');
  known.forget('a');
  expect(known.get('a')).toBeUndefined();
});

test('secrets that end alike, more of them than have room side by side, are never taken for one another', () => {
  const known = new KnownSecrets();
  const secrets = Array.from({ length: 40 }, (_, i) => `${String(i).padStart(4, '0')} ends alike`);
  for (let round = 0; round < 200; round++) for (const secret of secrets) use(known, secret);
  expect(secrets.filter((secret) => known.get(secret) !== undefined).length).toBeGreaterThanOrEqual(8);
  expect(['', 'e', 'alike', '0040 ends alike', ' ends alike'].map((secret) => known.get(secret))).toEqual(Array(5).fill(undefined));
});

test('a short secret, an empty one and a long one are remembered as well, and all are forgotten together', () => {
  const known = new KnownSecrets();
  const secrets = ['', 'a', 'seven77', `eyJ${'x'.repeat(10_000)}`];
  for (let round = 0; round < 100; round++) for (const secret of secrets) use(known, secret);
  expect(secrets.map((secret) => known.get(secret)?.hash)).toEqual(secrets.map(hashOfSecret));
  known.clear();
  expect(secrets.map((secret) => known.get(secret))).toEqual(Array(4).fill(undefined));
});
