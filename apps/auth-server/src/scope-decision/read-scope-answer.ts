/** What a service may answer when it is asked about an authorization (`passthroughScopeUrl`), and what of that counts. Pure. */

export type ScopeAnswer =
  | { readonly outcome: 'allow'; readonly scopes: readonly string[]; readonly authenticatedUserid: string | null }
  | { readonly outcome: 'refuse'; readonly message: string }
  /** `reason`: what is wrong with it, for the log. */
  | { readonly outcome: 'malformed'; readonly reason: string };

/** Stands in a header field towards the upstream: visible ASCII, blanks within. */
const USERID = /^[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?$/;
/** Characters of an error message that are passed on. */
const LONGEST_MESSAGE = 200;
const DEFAULT_MESSAGE = 'The service that decides on access to this API refused';

/** What PostgreSQL cannot keep in a JSON document: NUL, and half of a character of two UTF-16 units. */
const UNSTORABLE = /\0|\p{Cs}/gu;

/** Only `allow: true` allows, and only what is named is granted. @param useridRequired the API knows people by nothing else */
export function readScopeAnswer(answer: unknown, useridRequired: boolean): ScopeAnswer {
  if (typeof answer !== 'object' || answer === null || Array.isArray(answer)) return malformed('no JSON object');
  const { allow, authenticated_userid, authenticated_scope, error_message } = answer as Record<string, unknown>;
  if (typeof allow !== 'boolean') return malformed('allow is neither true nor false');
  if (!allow) return { outcome: 'refuse', message: readMessage(error_message) };
  const scopes = readScopes(authenticated_scope ?? []);
  if (scopes === null) return malformed('authenticated_scope is neither a list of strings nor a string');
  const userid = authenticated_userid ?? null;
  if (userid === null) {
    return useridRequired ? malformed('authenticated_userid is missing') : { outcome: 'allow', scopes, authenticatedUserid: null };
  }
  if (typeof userid !== 'string' || !USERID.test(userid)) return malformed('authenticated_userid is not 1 to 255 characters of ASCII');
  return { outcome: 'allow', scopes, authenticatedUserid: userid };
}

/** A list, as wicked has it, or one string as OAuth has it. */
function readScopes(value: unknown): readonly string[] | null {
  const named: unknown = typeof value === 'string' ? value.split(' ').filter((scope) => scope !== '') : value;
  const isList = Array.isArray(named) && named.every((scope) => typeof scope === 'string');
  return isList ? [...new Set<string>(named)] : null;
}

/** It goes to the audit log too, which must be able to take it: there is no refusal without its event. */
function readMessage(value: unknown): string {
  if (typeof value !== 'string' || value.trim() === '') return DEFAULT_MESSAGE;
  return value.trim().slice(0, LONGEST_MESSAGE).replace(UNSTORABLE, '?');
}

function malformed(reason: string): ScopeAnswer {
  return { outcome: 'malformed', reason };
}
