import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import type { Credential } from '#persistence/credential/credential.js';
import { CredentialCache, type SubjectName } from './credential-cache.js';
import { describeCredential } from './resolved-credential.js';

const LIMITS = { known: 100, unknown: 10, unknownTtl: 1_000 };
const KEY = Buffer.from('the SHA-256 of a token').toString('base64');
const NAME: SubjectName = `access_token:${Buffer.from('the SHA-256 of a token').toString('hex')}`;

/** As the database's driver makes it: every text a copy of its own. */
function facts(over: Partial<Credential> = {}): Credential {
  return JSON.parse(
    JSON.stringify({
      kind: 'token',
      applicationId: 'shop',
      applicationBlocked: false,
      subscriptionId: 'shop-orders',
      subscriptionStatus: 'approved',
      apiId: 'orders',
      planId: 'basic',
      identifier: 'client',
      scopes: ['read', 'write'],
      user: null,
      familyId: null,
      familyRevoked: false,
      remainingMs: 60_000,
      ...over,
    }),
  );
}

const person = (id: string) => ({ id, blocked: false, groups: [], namespace: null });

describe('64: what a change names is forgotten, and nothing else', () => {
  const subjects: [SubjectName, Partial<Credential>][] = [
    [NAME, {}],
    ['subscription:shop-orders', {}],
    ['application:shop', {}],
    ['user:ada', { user: person('ada') }],
    ['token_family:f1', { familyId: 'f1' }],
  ];
  test.each(subjects)('%s', (subject, over) => {
    const cache = new CredentialCache(LIMITS);
    const other = { applicationId: 'desk', subscriptionId: 'desk-orders', user: person('eve'), familyId: 'f2' };
    cache.set(KEY, describeCredential(facts(over), 0));
    cache.set('other', describeCredential(facts(other), 0));
    cache.forget(subject);
    expect(cache.get(KEY)).toBeUndefined();
    expect(cache.get('other')?.facts).toEqual(facts(other));
  });

  test('one, two and three credentials of a subject, one of which was replaced', () => {
    const cache = new CredentialCache(LIMITS);
    for (const key of ['a', 'b', 'a', 'c']) cache.set(key, describeCredential(facts(), 0));
    cache.delete('b');
    cache.forget('subscription:shop-orders');
    expect(['a', 'b', 'c'].map((key) => cache.get(key))).toEqual([undefined, undefined, undefined]);
    expect(cache.size).toBe(0);
  });
});

test('credentials of one subscription share what is equal, and each keeps what is its own', () => {
  const cache = new CredentialCache(LIMITS);
  const people = ['ada', 'eve'].map((id) => facts({ user: person(id), familyId: randomUUID(), scopes: [id] }));
  for (const [key, one] of [facts(), facts(), ...people].entries()) cache.set(String(key), describeCredential(one, 0));
  const kept = [0, 1, 2, 3].map((key) => cache.get(String(key)));
  expect(kept).toEqual([facts(), facts(), ...people].map((one) => describeCredential(one, 0)));
  expect(kept[1]?.identity).toBe(kept[0]?.identity);
  expect(kept[1]?.consumer).toBe(kept[0]?.consumer);
  expect(kept[3]?.consumer.userId).toBe('eve');
});
