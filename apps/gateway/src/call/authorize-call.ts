import type { ResolvedCredential } from '../credential/resolved-credential.js';
import type { CallApi } from '../route/call-table.js';

export type DenialReason =
  | 'unknown'
  | 'expired'
  | 'revoked'
  | 'other-api'
  | 'user-blocked'
  | 'application-blocked'
  | 'subscription-blocked'
  | 'subscription-pending'
  | 'scope-missing';

export type CallDecision = { readonly allowed: true } | { readonly allowed: false; readonly reason: DenialReason };

const ALLOWED: CallDecision = { allowed: true };

export interface CallFacts {
  /** null: no such credential exists. */
  readonly credential: ResolvedCredential | null;
  readonly api: Pick<CallApi, 'acceptedApis' | 'scopes'>;
  /** Scopes that the route demands. */
  readonly scopes: readonly string[];
  /** Milliseconds since the epoch, on the clock that `expiresAt` is on. */
  readonly now: number;
}

/** Decides whether a credential may make a call. */
export function authorizeCall({ credential, api, scopes, now }: CallFacts): CallDecision {
  if (credential === null) return deny('unknown');
  const known = credential.facts;
  // No leeway: `expiresAt` was reckoned on our own clock from what the database said was left (BEHAVIOURS 65).
  if (now >= credential.expiresAt) return deny('expired');
  if (known.familyRevoked) return deny('revoked');
  // RFC 9700 §2.3: a token for one API is of no use at another.
  if (!api.acceptedApis.has(known.apiId)) return deny('other-api');
  if (known.user?.blocked) return deny('user-blocked');
  if (known.applicationBlocked) return deny('application-blocked');
  if (known.subscriptionStatus === 'blocked') return deny('subscription-blocked');
  if (known.subscriptionStatus === 'pending') return deny('subscription-pending');
  if (scopes.length > 0) {
    const granted = known.scopes ?? api.scopes;
    if (!scopes.every((scope) => granted.includes(scope))) return deny('scope-missing');
  }
  return ALLOWED;
}

function deny(reason: DenialReason): CallDecision {
  return { allowed: false, reason };
}
