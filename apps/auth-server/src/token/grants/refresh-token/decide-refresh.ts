import type { IssuedRefreshToken } from '#persistence/token/refresh-token.store.js';

/** Seconds within which a repeat of a refresh gets the answer of the first: a client whose connection broke may try again. */
export const REFRESH_GRACE = 10;

export type RefreshDecision =
  | { readonly outcome: 'rotate'; readonly token: IssuedRefreshToken }
  | { readonly outcome: 'repeat'; readonly token: IssuedRefreshToken; readonly sealed: Buffer }
  /** Used again after the grace period: two parties hold it (RFC 9700 §4.14.2). */
  | { readonly outcome: 'reuse'; readonly token: IssuedRefreshToken }
  | { readonly outcome: 'refuse'; readonly reason: string };

/** What the token is bound to comes first, so that nobody but its client can burn anything with it. */
export function decideRefresh(
  token: IssuedRefreshToken | null,
  presented: { readonly subscriptionId: string; readonly authMethodId: string },
): RefreshDecision {
  if (token === null) return refuse('unknown');
  if (token.subscriptionId !== presented.subscriptionId) return refuse('other-client');
  if (token.authMethodId !== presented.authMethodId) return refuse('other-auth-method');
  if (token.familyRevoked) return refuse('revoked');
  if (token.userBlocked) return refuse('person-blocked');
  if (token.consumedFor !== null) {
    const { sealedSuccessor } = token;
    if (sealedSuccessor !== null && token.consumedFor <= REFRESH_GRACE) return { outcome: 'repeat', token, sealed: sealedSuccessor };
    return { outcome: 'reuse', token };
  }
  return token.expired ? refuse('expired') : { outcome: 'rotate', token };
}

function refuse(reason: string): RefreshDecision {
  return { outcome: 'refuse', reason };
}
