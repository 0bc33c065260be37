import { CallOutError } from '#call-out/call-out-error.js';
import type { LookedUpScopes } from '#config/compile/with-looked-up-scopes.js';
import { GROUP_PREFIX, SCOPE_NAME } from '#config/scope-name.js';

/** More would be shown to nobody. */
const MOST_SCOPES = 1_000;
/** Characters. */
const LONGEST_DESCRIPTION = 1_000;
/** What PostgreSQL cannot keep in a JSON document: NUL, and half of a character of two UTF-16 units. */
const UNSTORABLE = /\0|\p{Cs}/u;

/**
 * Reads what a service lists: scope → `{ "description": … }` as wicked has it, or scope → description. Without a description a scope
 * is described by its name.
 * @throws CallOutError where any of it is wrong: half a list would take scopes away
 */
export function readScopes(answer: unknown): LookedUpScopes {
  if (typeof answer !== 'object' || answer === null || Array.isArray(answer)) throw malformed('no JSON object');
  const entries = Object.entries(answer);
  if (entries.length > MOST_SCOPES) throw malformed(`more than ${MOST_SCOPES} scopes`);
  return new Map(entries.map(([scope, value]) => [readName(scope), readDescription(scope, value)]));
}

function readName(scope: string): string {
  if (!SCOPE_NAME.test(scope)) throw malformed('a scope that is not 1 to 100 visible ASCII characters without quotes and backslashes');
  if (scope.startsWith(GROUP_PREFIX)) throw malformed(`a scope that begins with ${GROUP_PREFIX}, which stands for groups`);
  return scope;
}

function readDescription(scope: string, value: unknown): string {
  const text = typeof value === 'object' && value !== null ? ((value as { description?: unknown }).description ?? '') : value;
  const usable = typeof text === 'string' && text.length <= LONGEST_DESCRIPTION && !UNSTORABLE.test(text);
  if (!usable) throw malformed('a scope whose description is no text, or too long');
  return text.trim() === '' ? scope : text;
}

function malformed(detail: string): CallOutError {
  return new CallOutError('malformed', detail);
}
