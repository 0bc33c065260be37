import { expect, test } from '@jest/globals';
import type { PolledDevice } from '#persistence/device/device-authorization.store.js';
import { decideDevicePoll } from './decide-device-poll.js';

const device: PolledDevice = {
  subscriptionId: 's1',
  authMethodId: 'local',
  scopes: [],
  decision: null,
  userId: null,
  authenticatedUserid: null,
  authenticatedAt: null,
  namespace: null,
  groups: [],
  expired: false,
  consumed: false,
  userBlocked: false,
  tooSoon: false,
};
const mine = { subscriptionId: 's1', authMethodId: 'local' };
const approved = { ...device, decision: 'approved', userId: 'u1' } as const;

test.each<[string, PolledDevice | null, string]>([
  ['unknown', null, 'invalid_grant'],
  ['of another client, whatever its state', { ...approved, subscriptionId: 's2' }, 'invalid_grant'],
  ['of another auth method', { ...device, authMethodId: 'staff' }, 'invalid_grant'],
  ['used', { ...approved, consumed: true }, 'invalid_grant'],
  ['used and expired', { ...approved, consumed: true, expired: true }, 'invalid_grant'],
  ['expired', { ...device, expired: true }, 'expired_token'],
  ['approved, but expired', { ...approved, expired: true }, 'expired_token'],
  ['denied', { ...device, decision: 'denied' }, 'access_denied'],
  ['waiting', device, 'authorization_pending'],
  ['asked for too soon', { ...device, tooSoon: true }, 'slow_down'],
  ['approved by a person who was blocked since', { ...approved, userBlocked: true }, 'invalid_grant'],
])('48: a device code that is %s (RFC 8628 §3.5)', (_, polled, error) => {
  expect(decideDevicePoll(polled, mine)).toMatchObject({ error });
});

test('48: one that is approved is redeemed, however soon it asks', () => {
  expect(decideDevicePoll({ ...approved, tooSoon: true }, mine)).toMatchObject({ outcome: 'redeem' });
});
