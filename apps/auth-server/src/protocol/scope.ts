/** Scopes: syntax (RFC 6749 §3.3) and what a client gets of what it asks for. */

const SCOPE_TOKEN = /^[\x21\x23-\x5B\x5D-\x7E]+$/;

/** @returns the scopes in their order, each once; null where the text is not a list of scope tokens */
export function parseScope(text: string): string[] | null {
  const tokens = text.split(' ');
  return tokens.every((token) => SCOPE_TOKEN.test(token)) ? [...new Set(tokens)] : null;
}

/** Asked for by many OpenID clients; refresh tokens do not hang on it here, so it is left out (OpenID Connect Core §11). */
const OFFLINE = 'offline_access';

/** What decides over scopes: the API and the subscription. */
export interface ScopeRules {
  /** Every scope of the API. */
  readonly known: ReadonlyMap<string, string>;
  /** What the subscription may have; null: all. */
  readonly allowed: readonly string[] | null;
  readonly trusted: boolean;
  /** Scopes that say who the person is, beside the API's own; absent: there is no person. */
  readonly identity?: readonly string[];
  /** A request must name a scope. */
  readonly mandatory: boolean;
}

export type ScopeDecision =
  | { readonly granted: readonly string[] }
  | { readonly refused: 'malformed' | 'unknown' | 'missing'; readonly scope?: string };

/**
 * Says which scopes a request is granted. Unknown ones are refused, those that the subscription may not have are left out (and the
 * token response then says what is granted, RFC 6749 §3.3). Without `scope` a trusted subscription gets all that it may have, any
 * other none.
 */
export function decideScopes(requested: string | undefined, rules: ScopeRules): ScopeDecision {
  if (requested === undefined) {
    if (rules.trusted) return { granted: narrowScopes([...rules.known.keys()], rules) };
    return rules.mandatory ? { refused: 'missing' } : { granted: [] };
  }
  const scopes = parseScope(requested);
  if (scopes === null) return { refused: 'malformed' };
  const identity = scopes.includes('openid') ? (rules.identity ?? []) : [];
  const beside = identity.length > 0 ? [...identity, OFFLINE] : [];
  const unknown = scopes.find((scope) => !rules.known.has(scope) && !beside.includes(scope));
  if (unknown !== undefined) return { refused: 'unknown', scope: unknown };
  return { granted: narrowScopes(scopes, { ...rules, identity }) };
}

/**
 * Leaves out what the API no longer knows and what the subscription may not have. Who a person is, is theirs to tell: scopes of
 * identity do not hang on the subscription.
 */
export function narrowScopes(
  scopes: readonly string[],
  { known, allowed, identity = [] }: Omit<ScopeRules, 'trusted' | 'mandatory'>,
): string[] {
  return scopes.filter((scope) => identity.includes(scope) || (known.has(scope) && (allowed === null || allowed.includes(scope))));
}

/** The public text of a refusal. */
export function describeScopeRefusal(decision: Extract<ScopeDecision, { refused: string }>): string {
  switch (decision.refused) {
    case 'malformed':
      return 'scope must be a list of scope names, separated by single spaces';
    case 'missing':
      return 'this API demands that scope is sent';
    case 'unknown':
      return `this API has no scope ${decision.scope}`;
  }
}
