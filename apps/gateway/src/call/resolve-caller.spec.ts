import { expect, jest, test } from '@jest/globals';
import type { Credential } from '#persistence/credential/credential.js';
import { collectGarbage } from '../../test/used-memory.js';
import { describeCredential, type ResolvedCredential } from '../credential/resolved-credential.js';
import { CallRoute } from '../route/call-table.js';
import { resolveCaller } from './resolve-caller.js';

const KEY: Credential = {
  kind: 'key',
  applicationId: 'shop',
  applicationBlocked: false,
  subscriptionId: 's1',
  subscriptionStatus: 'approved',
  apiId: 'orders',
  planId: 'basic',
  identifier: 'shop-orders',
  scopes: null,
  user: null,
  familyId: null,
  familyRevoked: false,
  remainingMs: 60_000,
};

/** The one route of a config. */
function routeOf(scopes: readonly string[] = []): CallRoute {
  const chain = { request: [], access: [], response: [], log: [], repeatable: true };
  const api = { acceptsToken: false, acceptsKey: true, acceptedApis: new Set(['orders']), scopes: ['read'] };
  const challenges = new Map([['', { invalid: [], missing: [], insufficientScope: () => [] }]]);
  return new CallRoute(api as never, ['/'], [], [], false, false, scopes, chain, challenges as never, 1, {} as never, () => ({ ...chain }));
}

/** @param came whether a plan that is not known comes */
function call(credential: ResolvedCredential, route: CallRoute, plans: string[] = ['basic'], came = false) {
  const made = {
    route,
    allow: null,
    prefix: '',
    query: '',
    fields: { apiKey: 'k', apiKeyCount: 1, authorizationCount: 0 },
    table: { plans: { has: (id: string) => plans.includes(id), arrivalOf: () => Promise.resolve(came) } },
    credential: null,
    chain: null as unknown,
  };
  const refusal = resolveCaller(made as never, { resolve: () => credential } as never, {} as never);
  return { made, refusal, refused: refusal !== null };
}

test('each plan has its chain, in whatever turns plans come', () => {
  const route = routeOf();
  const [basic, gold] = [route.chainOfPlan('basic'), route.chainOfPlan('gold')];
  expect(gold).not.toBe(basic);
  expect(route.chainOfPlan('gold')).toBe(gold);
  expect(route.chainOfPlan('basic')).toBe(basic);
});

test('who was allowed once is allowed by the same plugins, until it expires', () => {
  const credential = describeCredential(KEY, Date.now());
  const route = routeOf();
  const [first, second] = [call(credential, route), call(credential, route)];
  expect([first.refused, second.refused]).toEqual([false, false]);
  expect(second.made).toMatchObject({ credential, chain: route.chainOfPlan('basic') });
  expect(second.made.chain).toBe(first.made.chain);
  jest.useFakeTimers({ now: credential.expiresAt });
  try {
    expect(call(credential, route).refused).toBe(true);
  } finally {
    jest.useRealTimers();
  }
});

test('BEHAVIOURS 64: without its plan no call is let in; a plan that comes while it is waited for lets it in', async () => {
  const credential = describeCredential(KEY, Date.now());
  expect(await call(credential, routeOf(), ['gold']).refusal).toMatchObject({ status: 503, reason: 'plan-unknown' });
  const route = routeOf();
  const waiting = call(credential, route, ['gold'], true);
  expect(waiting.made.credential).toBeNull();
  expect(await waiting.refusal).toBeNull();
  expect(waiting.made).toMatchObject({ credential, chain: route.chainOfPlan('basic') });
});

test('another config is asked anew: its plans, its scopes', async () => {
  const credential = describeCredential(KEY, Date.now());
  expect(call(credential, routeOf()).refused).toBe(false);
  expect(await call(credential, routeOf(), ['gold']).refusal).toMatchObject({ reason: 'plan-unknown' });
  expect(call(credential, routeOf(['write'])).refused).toBe(true);
  expect(call(credential, routeOf(['read'])).refused).toBe(false);
});

test('a credential that rests keeps no old config in memory', async () => {
  const credential = describeCredential(KEY, Date.now());
  const old = (() => {
    const route = routeOf();
    expect(call(credential, route).refused).toBe(false);
    return new WeakRef(route);
  })();
  // What a WeakRef was made of lives to the end of its turn.
  await new Promise((done) => setImmediate(done));
  collectGarbage();
  expect(old.deref()).toBeUndefined();
  expect(call(credential, routeOf()).refused).toBe(false);
});
