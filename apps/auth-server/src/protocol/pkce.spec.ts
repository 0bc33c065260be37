import { describe, expect, test } from '@jest/globals';
import { decideChallenge, decideVerifier } from './pkce.js';

// RFC 7636, appendix B.
const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';

describe('10, 11: challenge', () => {
  test.each([
    [undefined, undefined, false, { accepted: true, challenge: null }],
    [CHALLENGE, 'S256', false, { accepted: true, challenge: CHALLENGE }],
    [CHALLENGE, 'S256', true, { accepted: true, challenge: CHALLENGE }],
  ])('%s by %s, public: %s', (challenge, method, isPublic, decision) => {
    expect(decideChallenge(challenge, method, isPublic)).toEqual(decision);
  });

  test.each([
    [undefined, undefined, true],
    [undefined, 'S256', false],
    [CHALLENGE, undefined, false],
    [CHALLENGE, 'plain', false],
    [CHALLENGE, 's256', false],
    [CHALLENGE.slice(1), 'S256', false],
    [`${CHALLENGE}=`, 'S256', false],
    [`${CHALLENGE.slice(1)}+`, 'S256', false],
    [`${CHALLENGE}\n`, 'S256', false],
  ])('%j by %j, public: %s, is refused', (challenge, method, isPublic) => {
    expect(decideChallenge(challenge, method, isPublic).accepted).toBe(false);
  });
});

describe('11, 12: verifier', () => {
  test('the verifier of the challenge proves it', () => {
    expect(decideVerifier(CHALLENGE, VERIFIER)).toEqual({ proven: true });
    expect(decideVerifier(null, undefined)).toEqual({ proven: true });
  });

  test.each([
    [CHALLENGE, undefined, 'verifier-missing'],
    [null, VERIFIER, 'verifier-unexpected'],
    [CHALLENGE, CHALLENGE, 'verifier-wrong'],
    [CHALLENGE, VERIFIER.slice(1), 'verifier-malformed'],
    [CHALLENGE, 'a'.repeat(129), 'verifier-malformed'],
    [CHALLENGE, `${VERIFIER.slice(1)}+`, 'verifier-malformed'],
  ])('challenge %s with %s: %s', (challenge, verifier, reason) => {
    expect(decideVerifier(challenge, verifier)).toEqual({ proven: false, reason });
  });
});
