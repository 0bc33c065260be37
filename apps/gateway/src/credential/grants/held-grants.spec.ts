import { expect, test } from '@jest/globals';
import type { GrantSubscription } from '#persistence/credential/grant.store.js';
import { HeldGrants } from './held-grants.js';

const subscriptionOf = (applicationId: string): GrantSubscription => ({
  id: `of ${applicationId}`,
  applicationId,
  applicationBlocked: false,
  status: 'approved',
  apiId: 'orders',
  planId: 'gold',
  clientId: null,
  signedEnded: null,
});

test('applications that come and go leave nothing behind', () => {
  const held = new HeldGrants();
  held.add([subscriptionOf('stays')]);
  for (let i = 0; i < 5_000; i++) {
    held.add([subscriptionOf(`app-${i}`)]);
    held.doubt(`application:app-${i}`);
    held.settle(held.doubts(1), { subscriptions: [], people: [] }, 0);
  }
  expect(held.counts).toEqual({ subscriptions: 1, families: 0, people: 0, doubts: 0 });
  expect(held.sharedIds).toBeLessThan(1_100);
});

test('ids of applications that are there are kept once', () => {
  const held = new HeldGrants();
  held.add(Array.from({ length: 5_000 }, (_, i) => subscriptionOf(`app-${i}`)));
  // And those of the API and the plan.
  expect(held.sharedIds).toBe(5_002);
});
