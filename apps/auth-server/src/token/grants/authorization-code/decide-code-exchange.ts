import type { IssuedCode } from '#persistence/token/authorization-code.store.js';
import { decideVerifier } from '../../../protocol/pkce.js';

/** What the client presents with a code. */
export interface PresentedCode {
  readonly subscriptionId: string;
  readonly authMethodId: string;
  readonly redirectUri: string | undefined;
  readonly verifier: string | undefined;
}

export type CodeDecision =
  | { readonly outcome: 'redeem'; readonly code: IssuedCode }
  /** A second use by the client to which the code belongs: everything it gave out is revoked. */
  | { readonly outcome: 'replay'; readonly code: IssuedCode }
  | { readonly outcome: 'refuse'; readonly reason: string };

/**
 * Order matters: what a code is bound to comes first, so that whoever found a code, but is not the client that asked for it, learns
 * nothing and burns nothing; only then does it count whether the code was used (RFC 6749 §4.1.2, RFC 9700 §4.5).
 */
export function decideCodeExchange(code: IssuedCode | null, presented: PresentedCode): CodeDecision {
  if (code === null) return refuse('unknown');
  if (code.subscriptionId !== presented.subscriptionId) return refuse('other-client');
  if (code.authMethodId !== presented.authMethodId) return refuse('other-auth-method');
  // RFC 6749 §4.1.3; OAuth 2.1 drops the parameter, so it is compared whenever it is sent.
  if (presented.redirectUri !== undefined && presented.redirectUri !== code.redirectUri) return refuse('other-redirect-uri');
  const verifier = decideVerifier(code.codeChallenge, presented.verifier);
  if (!verifier.proven) return refuse(verifier.reason);
  if (code.consumed) return { outcome: 'replay', code };
  if (code.expired) return refuse('expired');
  if (code.familyRevoked) return refuse('revoked');
  if (code.userBlocked) return refuse('person-blocked');
  return { outcome: 'redeem', code };
}

function refuse(reason: string): CodeDecision {
  return { outcome: 'refuse', reason };
}
