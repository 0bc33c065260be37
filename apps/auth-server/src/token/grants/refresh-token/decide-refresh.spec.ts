import { describe, expect, test } from '@jest/globals';
import type { IssuedRefreshToken } from '#persistence/token/refresh-token.store.js';
import { decideRefresh, REFRESH_GRACE } from './decide-refresh.js';
import { openResponse, sealResponse } from './sealed-response.js';

const token: IssuedRefreshToken = {
  familyId: 'f',
  subscriptionId: 's',
  authMethodId: 'local',
  scopes: ['read'],
  userId: 'u1',
  authenticatedUserid: null,
  namespace: null,
  authenticatedAt: null,
  groups: [],
  expired: false,
  consumedFor: null,
  sealedSuccessor: null,
  familyRevoked: false,
  userBlocked: false,
};
const used = { consumedFor: 1, sealedSuccessor: Buffer.from('sealed') };
const binding = { subscriptionId: 's', authMethodId: 'local' };

describe('35, 36, 37: what becomes of a refresh token', () => {
  test.each<[string, Partial<IssuedRefreshToken>, string]>([
    ['unused', {}, 'rotate'],
    ['30: expired', { expired: true }, 'refuse'],
    ['revoked', { familyRevoked: true }, 'refuse'],
    ['the person is blocked', { userBlocked: true }, 'refuse'],
    ['35: of another client', { subscriptionId: 'x' }, 'refuse'],
    ['of another auth method', { authMethodId: 'x' }, 'refuse'],
    ['37: used a moment ago', used, 'repeat'],
    ['37: used at the end of the grace period', { ...used, consumedFor: REFRESH_GRACE }, 'repeat'],
    ['36: used before the grace period', { ...used, consumedFor: REFRESH_GRACE + 0.1 }, 'reuse'],
    ['36: reuse is told although the token has expired since', { ...used, consumedFor: 9e9, expired: true }, 'reuse'],
    ['28: used, by another client: nothing is burnt', { ...used, consumedFor: 99, subscriptionId: 'x' }, 'refuse'],
    ['used, its family revoked: no successor', { ...used, familyRevoked: true }, 'refuse'],
    ['used, the person blocked since: no successor', { ...used, userBlocked: true }, 'refuse'],
  ])('%s', (_, change, outcome) => {
    expect(decideRefresh({ ...token, ...change }, binding).outcome).toBe(outcome);
  });

  test('30: unknown', () => {
    expect(decideRefresh(null, binding).outcome).toBe('refuse');
  });
});

describe('37: the kept answer', () => {
  const response = { access_token: 'a', token_type: 'bearer', expires_in: 1, refresh_token: 'r', scope: '' } as const;

  test('opens with the used token alone, and is different each time it is sealed', () => {
    const sealed = sealResponse('used', response);
    expect(openResponse('used', sealed)).toEqual(response);
    expect(sealed.equals(sealResponse('used', response))).toBe(false);
    expect(sealed.includes('access_token')).toBe(false);
    expect(() => openResponse('other', sealed)).toThrow();
  });

  test('is not opened once it was changed', () => {
    const sealed = sealResponse('used', response);
    sealed[sealed.length - 1] = (sealed.at(-1) as number) ^ 1;
    expect(() => openResponse('used', sealed)).toThrow();
  });
});
