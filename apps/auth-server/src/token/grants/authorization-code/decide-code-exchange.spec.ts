import { describe, expect, test } from '@jest/globals';
import type { IssuedCode } from '#persistence/token/authorization-code.store.js';
import { decideCodeExchange, type PresentedCode } from './decide-code-exchange.js';

// RFC 7636, appendix B.
const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';

const code: IssuedCode = {
  familyId: 'f',
  subscriptionId: 's',
  authMethodId: 'local',
  scopes: ['read'],
  redirectUri: 'https://a.example/cb',
  codeChallenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
  nonce: null,
  userId: 'u1',
  authenticatedUserid: null,
  authenticatedAt: null,
  namespace: null,
  groups: [],
  expired: false,
  consumed: false,
  familyRevoked: false,
  userBlocked: false,
};
const presented: PresentedCode = { subscriptionId: 's', authMethodId: 'local', redirectUri: undefined, verifier: VERIFIER };

describe('25, 28, 29: a code is for one client, method, redirect URI and verifier', () => {
  test.each<[string, Partial<IssuedCode>, Partial<PresentedCode>]>([
    ['redirect_uri left out (OAuth 2.1)', {}, {}],
    ['redirect_uri as it was', {}, { redirectUri: 'https://a.example/cb' }],
    ['without PKCE', { codeChallenge: null }, { verifier: undefined }],
  ])('redeemed: %s', (_, change, sent) => {
    expect(decideCodeExchange({ ...code, ...change }, { ...presented, ...sent }).outcome).toBe('redeem');
  });

  const bad: [string, Partial<PresentedCode>][] = [
    ['other-client', { subscriptionId: 'x' }],
    ['other-auth-method', { authMethodId: 'x' }],
    ['other-redirect-uri', { redirectUri: 'https://a.example/cb/' }],
    ['verifier-missing', { verifier: undefined }],
    ['verifier-wrong', { verifier: 'a'.repeat(43) }],
  ];
  test.each(bad)('refused: %s', (reason, sent) => {
    expect(decideCodeExchange(code, { ...presented, ...sent })).toEqual({ outcome: 'refuse', reason });
  });

  test.each(bad)('28: a replay with %s burns nothing', (reason, sent) => {
    expect(decideCodeExchange({ ...code, consumed: true, expired: true }, { ...presented, ...sent })).toEqual({
      outcome: 'refuse',
      reason,
    });
  });
});

test.each<[string, Partial<IssuedCode>, string]>([
  ['26: a second use is a replay', { consumed: true }, 'replay'],
  ['26: also after its time', { consumed: true, expired: true }, 'replay'],
  ['30: expired', { expired: true }, 'refuse'],
  ['30: revoked', { familyRevoked: true }, 'refuse'],
  ['the person is blocked', { userBlocked: true }, 'refuse'],
])('%s', (_, change, outcome) => {
  expect(decideCodeExchange({ ...code, ...change }, presented).outcome).toBe(outcome);
});

test('30: an unknown code is refused', () => {
  expect(decideCodeExchange(null, presented)).toEqual({ outcome: 'refuse', reason: 'unknown' });
});
