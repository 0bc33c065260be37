import type { IdTokenHint } from '../openid/id-token-hint.js';

/** What a logout hangs on (OpenID Connect RP-Initiated Logout §2). */
export interface LogoutFacts {
  /** `id_token_hint`; null: none was sent; `invalid`: one that is no id_token of ours. */
  readonly hint: IdTokenHint | 'invalid' | null;
  /** `client_id`; null: none was sent. */
  readonly clientId: string | null;
  /** Who is logged in at the issuer that the hint names; null: nobody. */
  readonly userId: string | null;
}

export type LogoutDecision =
  | { readonly step: 'refuse' }
  /** `clientId`: whose redirect URIs count; null: none do. */
  | { readonly step: 'ask' | 'log-out'; readonly clientId: string | null };

/**
 * Whoever shows an id_token of the person who is logged in need not ask: "the OP MUST ask the End-User this question if an
 * id_token_hint was not provided or if the supplied ID Token does not belong to the current OP session". Nor is there anything to ask
 * where nobody is logged in any more.
 */
export function decideLogout({ hint, clientId, userId }: LogoutFacts): LogoutDecision {
  if (hint === 'invalid') return { step: 'refuse' };
  if (hint === null) return { step: 'ask', clientId };
  // "When both client_id and id_token_hint are present, the OP MUST verify that the Client Identifier matches".
  if (clientId !== null && clientId !== hint.clientId) return { step: 'refuse' };
  return { step: userId === null || userId === hint.userId ? 'log-out' : 'ask', clientId: hint.clientId };
}
