import type { PendingAuthorization } from '#persistence/authorization/authorization-request.store.js';

/** What an authorization is for: what was asked for, or what the API's own service made of it. */
export function grantedScopes({ request, scopeDecision }: PendingAuthorization): readonly string[] {
  return scopeDecision?.scopes ?? request.scopes;
}
