import { expect, test } from '@jest/globals';
import type { Credential } from '#persistence/credential/credential.js';
import { describeCredential } from '../credential/resolved-credential.js';
import { authorizeCall, type CallDecision } from './authorize-call.js';

const TOKEN: Credential = {
  kind: 'token',
  applicationId: 'shop',
  applicationBlocked: false,
  subscriptionId: 's1',
  subscriptionStatus: 'approved',
  apiId: 'orders',
  planId: 'basic',
  identifier: 'shop-orders',
  scopes: ['read'],
  user: { id: 'u1', blocked: false, groups: ['partners'], namespace: null },
  familyId: 'f1',
  familyRevoked: false,
  remainingMs: 1_000,
};
const KEY: Credential = { ...TOKEN, kind: 'key', scopes: null, user: null, familyId: null, remainingMs: null };
const READ_AT = 1_000_000;

function decide(facts: Credential | null, scopes: string[] = [], now = READ_AT): CallDecision {
  return authorizeCall({
    credential: facts && describeCredential(facts, READ_AT),
    api: { acceptedApis: new Set(['orders', 'bundled']), scopes: ['read', 'write'] },
    scopes,
    now,
  });
}

test.each<[string, CallDecision, CallDecision]>([
  ['a good token', decide(TOKEN), { allowed: true }],
  ['a good key', decide(KEY), { allowed: true }],
  ['a token of an API of the same bundle', decide({ ...TOKEN, apiId: 'bundled' }), { allowed: true }],
  ['a token with the scope', decide(TOKEN, ['read']), { allowed: true }],
  ['a key of a subscription with all scopes', decide(KEY, ['read', 'write']), { allowed: true }],
  ['a token in its last millisecond', decide(TOKEN, [], READ_AT + 999), { allowed: true }],
  ['BEHAVIOURS 59: none such', decide(null), { allowed: false, reason: 'unknown' }],
  ['BEHAVIOURS 65: an expired one, cached or not', decide(TOKEN, [], READ_AT + 1_000), { allowed: false, reason: 'expired' }],
  ['a revoked family', decide({ ...TOKEN, familyRevoked: true }), { allowed: false, reason: 'revoked' }],
  ['E, BEHAVIOURS 40: a token of another API', decide({ ...TOKEN, apiId: 'reports' }), { allowed: false, reason: 'other-api' }],
  [
    'a blocked person',
    decide({ ...TOKEN, user: { id: 'u1', blocked: true, groups: [], namespace: null } }),
    { allowed: false, reason: 'user-blocked' },
  ],
  [
    'BEHAVIOURS 64: a blocked application',
    decide({ ...TOKEN, applicationBlocked: true }),
    { allowed: false, reason: 'application-blocked' },
  ],
  [
    'BEHAVIOURS 64: a blocked subscription',
    decide({ ...TOKEN, subscriptionStatus: 'blocked' }),
    { allowed: false, reason: 'subscription-blocked' },
  ],
  [
    'BEHAVIOURS 64: an unapproved one',
    decide({ ...KEY, subscriptionStatus: 'pending' }),
    { allowed: false, reason: 'subscription-pending' },
  ],
  ['BEHAVIOURS 60: a scope too few', decide(TOKEN, ['read', 'write']), { allowed: false, reason: 'scope-missing' }],
  ['a key of a subscription with no scopes', decide({ ...KEY, scopes: [] }, ['read']), { allowed: false, reason: 'scope-missing' }],
])('%s', (_, decision, expected) => {
  expect(decision).toEqual(expected);
});

test('DESIGN 6, W2: identity fields say person, scopes and groups', () => {
  expect(describeCredential(TOKEN, READ_AT).identity.fields).toEqual([
    'X-Consumer-Id',
    'shop',
    'X-Consumer-Username',
    'shop$orders',
    'X-Consumer-Custom-Id',
    's1',
    'X-Credential-Identifier',
    'shop-orders',
    'X-Plan-Id',
    'basic',
    'X-Authenticated-Userid',
    'sub=u1',
    'X-Authenticated-Scope',
    'read wicked:partners',
  ]);
});

test('BEHAVIOURS W7: the upstream sees the namespace that the token is for', () => {
  const user = { id: 'u1', blocked: false, groups: [], namespace: 'north' };
  expect(describeCredential({ ...TOKEN, user }, READ_AT).identity.fields).toContain('sub=u1;namespace=north');
});

test('BEHAVIOURS 34: a client’s own token names no person', () => {
  expect(describeCredential({ ...TOKEN, user: null, familyId: null }, READ_AT).identity.fields).not.toContain('X-Authenticated-Userid');
});

test('no identity field can hold what a header may not', () => {
  const { identity } = describeCredential({ ...TOKEN, identifier: 'Ü\r\nX: 1' }, READ_AT);
  expect(identity.fields[7]).toBe('%C3%9C%0D%0AX: 1');
});
