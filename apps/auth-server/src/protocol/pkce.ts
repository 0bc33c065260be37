/** Proof Key for Code Exchange (RFC 7636); S256 only. */
import { hash } from 'node:crypto';
import { equalHashes } from '#secrets/constant-time.js';

/** base64url of a SHA-256 (RFC 7636 §4.2). */
const S256_CHALLENGE = /^[A-Za-z0-9_-]{43}$/;
/** 43 to 128 unreserved characters (RFC 7636 §4.1). */
const VERIFIER = /^[A-Za-z0-9._~-]{43,128}$/;

export type ChallengeDecision =
  | { readonly accepted: true; readonly challenge: string | null }
  | { readonly accepted: false; readonly reason: string };

/**
 * Says whether the PKCE parameters of an authorization request will do. Public clients must send a challenge (RFC 9700 §2.1.1); one
 * that was sent binds every client. A missing method means `plain` (RFC 7636 §4.3), which is refused.
 */
export function decideChallenge(challenge: string | undefined, method: string | undefined, isPublic: boolean): ChallengeDecision {
  if (challenge === undefined) {
    if (method !== undefined) return { accepted: false, reason: 'code_challenge_method was sent without code_challenge' };
    if (isPublic) return { accepted: false, reason: 'code_challenge is missing: public clients must use PKCE with S256' };
    return { accepted: true, challenge: null };
  }
  if (method !== 'S256') return { accepted: false, reason: 'code_challenge_method must be S256' };
  if (!S256_CHALLENGE.test(challenge)) return { accepted: false, reason: 'code_challenge must be 43 base64url characters' };
  return { accepted: true, challenge };
}

export type VerifierDecision =
  | { readonly proven: true }
  | { readonly proven: false; readonly reason: 'verifier-missing' | 'verifier-unexpected' | 'verifier-malformed' | 'verifier-wrong' };

/**
 * Holds a code verifier against the challenge of the code. A verifier for a code without challenge is refused: someone took the
 * challenge out of the request (RFC 9700 §2.1.1, §4.8.2).
 */
export function decideVerifier(challenge: string | null, verifier: string | undefined): VerifierDecision {
  if (challenge === null) return verifier === undefined ? { proven: true } : { proven: false, reason: 'verifier-unexpected' };
  if (verifier === undefined) return { proven: false, reason: 'verifier-missing' };
  if (!VERIFIER.test(verifier)) return { proven: false, reason: 'verifier-malformed' };
  const computed = Buffer.from(hash('sha256', verifier, 'base64url'));
  return equalHashes(computed, Buffer.from(challenge)) ? { proven: true } : { proven: false, reason: 'verifier-wrong' };
}
