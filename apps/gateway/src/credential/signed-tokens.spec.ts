import { describe, expect, test } from '@jest/globals';
import type { RegistrySnapshot } from '#config/registry.js';
import type { Credential } from '#persistence/credential/credential.js';
import type { VerifiedAccessToken } from '#signing/access-token.js';
import { CredentialResolver } from './credential-resolver.js';
import { LookupsFullError } from './lookup-gate.js';
import { peekSignedToken } from './peek-signed-token.js';
import { describeSigned, type SignedTokens } from './signed-tokens.js';
import { VerificationBudget, type VerificationLimits } from './verification-budget.js';

const GRANT: Credential = {
  kind: 'token',
  applicationId: 'shop',
  applicationBlocked: false,
  subscriptionId: 's1',
  subscriptionStatus: 'approved',
  apiId: 'orders',
  planId: 'basic',
  identifier: 'shop-orders',
  scopes: [],
  user: { id: 'u1', blocked: false, groups: ['staff'], namespace: null },
  familyId: 'f1',
  familyRevoked: false,
  remainingMs: null,
};
const now = Date.now();
const TOKEN = {
  issuer: { api: { id: 'orders' } },
  kid: 'k1',
  subscriptionId: 's1',
  familyId: 'f1',
  clientId: 'shop-orders',
  userId: 'u1',
  namespace: null,
  groups: ['staff'],
  authenticatedUserid: null,
  scopes: ['read'],
  id: 'j1',
  issuedAt: Math.floor(now / 1_000),
  expiresAt: Math.floor(now / 1_000) + 60,
} as unknown as VerifiedAccessToken;
const LIMITS = { cache: { known: 10, unknown: 10, unknownTtl: 60_000 }, gate: { concurrent: 2, waiting: 2, timeout: 20_000 } };
const jwt = (n: number) => `eyJh.eyJ${n}.sig`;

function resolverOf(
  verify: (text: string) => VerifiedAccessToken | null = () => TOKEN,
  signatures?: VerificationLimits,
  held: () => Credential | null | undefined = () => undefined,
) {
  const counts = { verified: 0, grants: 0, opaque: 0 };
  const signed = {
    // Numbers from 100 on name a grant of their own.
    peek: async (text: string) => ({ subscriptionId: 's1', familyId: /eyJ\d{3}/.test(text) ? text : 'f1' }),
    verify: async (text: string) => {
      counts.verified++;
      return verify(text);
    },
    findGrant: async () => {
      counts.grants++;
      return GRANT;
    },
    heldGrant: held,
    keysCurrent: true,
  } as unknown as SignedTokens;
  const find = async () => {
    counts.opaque++;
    return null;
  };
  return { counts, signed, resolver: new CredentialResolver(find, { ...LIMITS, signatures }, signed) };
}

test('what a token says and what it hangs on become one credential, which ends when the token says', () => {
  const credential = describeSigned(TOKEN, GRANT, now);
  expect(credential?.facts).toEqual({ ...GRANT, scopes: ['read'], remainingMs: TOKEN.expiresAt * 1_000 - now });
  expect(credential?.expiresAt).toBe(TOKEN.expiresAt * 1_000);
  expect(credential?.identity.fields.join('|')).toContain('X-Authenticated-Userid|sub=u1|X-Authenticated-Scope|read wicked:staff');
});

test.each<[string, Partial<Credential>]>([
  ['another API', { apiId: 'reports' }],
  ['another client', { identifier: 'other' }],
  ['another person', { user: { id: 'u2', blocked: false, groups: [], namespace: null } }],
  ['no person', { user: null }],
  ['ended a moment later', { signedEnded: TOKEN.issuedAt + 0.5 }],
])('34, 43: a token and a subscription that contradict one another: %s', (_, change) => {
  expect(describeSigned(TOKEN, { ...GRANT, ...change }, now)).toBeNull();
});

test('tokens that were issued after the others ended are good', () => {
  expect(describeSigned(TOKEN, { ...GRANT, signedEnded: TOKEN.issuedAt - 0.5 }, now)).not.toBeNull();
});

test('a token is verified once; tokens of one authorization share a look-up; none asks for a row of its own', async () => {
  const { counts, resolver } = resolverOf();
  await Promise.all([resolver.resolve('token', jwt(1)), resolver.resolve('token', jwt(1)), resolver.resolve('token', jwt(2))]);
  expect(resolver.resolve('token', jwt(1))).toMatchObject({ signedBy: 'k1' });
  await resolver.resolve('token', jwt(3));
  expect(counts).toEqual({ verified: 3, grants: 1, opaque: 0 });
});

test('64: what is verified while changed keys cannot be read is not remembered: its key may be one that went', async () => {
  let verified: VerifiedAccessToken | null = TOKEN;
  const { signed, resolver } = resolverOf(() => verified);
  Object.assign(signed, { keysCurrent: false });
  expect(await resolver.resolve('token', jwt(1))).toMatchObject({ signedBy: 'k1' });
  Object.assign(signed, { keysCurrent: true });
  verified = null;
  expect(await resolver.resolve('token', jwt(1))).toBeNull();
});

test('what is held in memory is not looked up: in force, gone, or not known', async () => {
  let grant: Credential | null | undefined = GRANT;
  const { counts, resolver } = resolverOf(undefined, undefined, () => grant);
  expect(await resolver.resolve('token', jwt(1))).toMatchObject({ signedBy: 'k1' });
  grant = null;
  expect(await resolver.resolve('token', jwt(2))).toBeNull();
  expect(counts.grants).toBe(0);
  grant = undefined;
  expect(await resolver.resolve('token', jwt(3))).toMatchObject({ signedBy: 'k1' });
  expect(counts.grants).toBe(1);
});

test.each([
  ['token_family', 'f1', 2],
  ['subscription', 's1', 2],
  ['application', 'shop', 2],
  ['user', 'u1', 2],
  ['token_family', 'f2', 1],
] as const)('64: %s %s changed: looked up %d times', async (kind, subjectId, grants) => {
  const { counts, resolver } = resolverOf();
  await resolver.resolve('token', jwt(1));
  resolver.forget([{ kind, subjectId }]);
  await resolver.resolve('token', jwt(1));
  expect(counts.grants).toBe(grants);
});

test('44: a key changed: what it signed is verified anew, and what it hangs on is not looked up again', async () => {
  const { counts, resolver } = resolverOf();
  await resolver.resolve('token', jwt(1));
  resolver.forget([{ kind: 'signing_key', subjectId: 'k2' }]);
  await resolver.resolve('token', jwt(1));
  expect(counts).toMatchObject({ verified: 1 });
  resolver.forget([{ kind: 'signing_key', subjectId: 'k1' }]);
  await resolver.resolve('token', jwt(1));
  expect(counts).toMatchObject({ verified: 2, grants: 1 });
});

test('66: a token that does not verify reaches no database and is remembered for a moment', async () => {
  const { counts, resolver } = resolverOf(() => null);
  expect(await resolver.resolve('token', jwt(1))).toBeNull();
  expect(resolver.resolve('token', jwt(1))).toBeNull();
  expect(counts).toEqual({ verified: 1, grants: 0, opaque: 0 });
});

describe('BEHAVIOURS 66: what made-up tokens may cost', () => {
  const id = (n: number) => `${String(n).padStart(8, '0')}-0000-4000-8000-000000000000`;

  test('false signatures are checked so often and no more; tokens of a grant that is known have a budget of their own', async () => {
    const good = new Set([jwt(1), jwt(2)]);
    const { counts, resolver } = resolverOf((text) => (good.has(text) ? TOKEN : null), { burst: 3, perSecond: 0 });
    expect(await resolver.resolve('token', jwt(1))).not.toBeNull();
    // These name grants that nobody has heard of.
    for (let n = 100; n < 103; n++) expect(await resolver.resolve('token', jwt(n))).toBeNull();
    await expect(resolver.resolve('token', jwt(103))).rejects.toThrow(LookupsFullError);
    expect(counts.verified).toBe(4);
    expect(await resolver.resolve('token', jwt(2))).not.toBeNull();
    expect(await resolver.resolve('token', jwt(100))).toBeNull();
    expect(counts.verified).toBe(5);
  });

  test('a good signature costs nothing of the budget, and keys that cannot be read neither', async () => {
    let broken = false;
    const { resolver } = resolverOf(
      () => {
        if (broken) throw new Error('no keys');
        return null;
      },
      { burst: 1, perSecond: 0 },
    );
    broken = true;
    await expect(resolver.resolve('token', jwt(100))).rejects.toThrow('no keys');
    broken = false;
    expect(await resolver.resolve('token', jwt(101))).toBeNull();
    await expect(resolver.resolve('token', jwt(102))).rejects.toThrow(LookupsFullError);
  });

  test('the budget fills up again, never above its burst', () => {
    const budget = new VerificationBudget({ burst: 2, perSecond: 10 });
    expect([1, 2, 3].map(() => budget.spend('a', 1_000))).toEqual([true, true, false]);
    expect(budget.spend('b', 1_000)).toBe(true);
    expect([budget.spend('a', 1_050), budget.spend('a', 1_100), budget.spend('a', 1_100)]).toEqual([false, true, false]);
    expect([1, 2, 3].map(() => budget.spend('a', 60_000))).toEqual([true, true, false]);
    // A clock that was set back takes nothing away.
    budget.giveBack('a');
    expect(budget.spend('a', 1_000)).toBe(true);
  });

  const now = 1_000_000;
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const snapshot = { publicUrls: { auth: 'https://auth.example' }, apis: new Map(), authMethods: new Map() } as unknown as RegistrySnapshot;
  const header = { alg: 'ES256', kid: 'k1', typ: 'at+jwt' };
  const payload = { iss: 'https://elsewhere.example', exp: 2_000, subscription_id: id(1) };
  test.each([
    ['another issuer', header, payload],
    ['no key id', { alg: 'ES256' }, payload],
    ['no issuer', header, { ...payload, iss: undefined }],
    ['expired', header, { ...payload, exp: 1_000 }],
    ['no subscription', header, { ...payload, subscription_id: 'x' }],
    ['no JSON', header, 'x'],
  ])('%s: the signature is not looked at', (_, head, body) => {
    expect(peekSignedToken(`${encode(head)}.${encode(body)}.c2ln`, snapshot, now)).toBeNull();
  });
});
