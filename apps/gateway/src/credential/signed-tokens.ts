/** Access tokens that are signed (RFC 9068): verified in this process, without a row of their own in the database. */
import type { RegistrySnapshot } from '#config/registry.js';
import type { Credential } from '#persistence/credential/credential.js';
import { type VerifiedAccessToken, verifyAccessToken } from '#signing/access-token.js';
import type { VerificationKeys } from '#signing/verification-keys.js';
import type { SignedGrants } from './grants/signed-grants.js';
import { type PeekedToken, peekSignedToken } from './peek-signed-token.js';
import { describeCredential, type ResolvedCredential } from './resolved-credential.js';

/** Looks up what a signed token hangs on. @throws where the store cannot be reached */
export type FindGrant = (subscriptionId: string, familyId: string | null) => Promise<Credential | null>;

export class SignedTokens {
  constructor(
    private readonly keys: VerificationKeys,
    private readonly snapshot: () => RegistrySnapshot,
    /** Looks up what a token hangs on. */
    readonly findGrant: FindGrant,
    private readonly grants: Pick<SignedGrants, 'find'>,
  ) {}

  /** What a token names, if its signature is worth checking. @throws where the keys cannot be read */
  async peek(text: string): Promise<PeekedToken | null> {
    const peeked = peekSignedToken(text, this.snapshot(), Date.now());
    return peeked !== null && (await this.keys.find(peeked.kid, peeked.alg)) !== null ? peeked : null;
  }

  /** @returns null where it is not valid. @throws where the keys cannot be read */
  verify(text: string): Promise<VerifiedAccessToken | null> {
    return verifyAccessToken(text, this.keys, this.snapshot());
  }

  /** Whether what is verified may be remembered: every change of keys that we were told of has been read. */
  get keysCurrent(): boolean {
    return !this.keys.stale;
  }

  /** What a token hangs on, without a look-up: null where that is gone, undefined where it is not known here. */
  heldGrant(token: VerifiedAccessToken): Credential | null | undefined {
    return this.grants.find(token);
  }
}

/**
 * Puts together what a token says and what it hangs on.
 * @param grant of the token's subscription and family
 * @returns null where the two contradict one another, or such tokens have ended
 */
export function describeSigned(token: VerifiedAccessToken, grant: Credential, now: number): ResolvedCredential | null {
  const sameApi = grant.apiId === token.issuer.api.id;
  const samePerson = (grant.user?.id ?? null) === token.userId;
  // A token of the very second is as good as one before: whoever wants one asks again.
  const ended = token.issuedAt <= (grant.signedEnded ?? 0);
  if (ended || !sameApi || !samePerson || grant.identifier !== token.clientId) return null;
  const facts: Credential = { ...grant, scopes: token.scopes, remainingMs: token.expiresAt * 1_000 - now };
  return describeCredential(facts, now, token.kid);
}
