/** What comes next in an authorization, computed from what is known of it. No step decides what follows it. */
import type { RegistrationDecision } from '../registration/decide-registration.js';

export interface AuthorizationState {
  readonly prompt: readonly string[];
  /** What the client will be granted. */
  readonly scopes: readonly string[];
  /** Who is logged in, in this browser by this auth method. */
  readonly sessionUserId: string | null;
  /** Seconds since that login; 0 where nobody is logged in. */
  readonly sessionAge: number;
  /** Seconds that the login may be old; null: as old as it is. */
  readonly maxAge: number | null;
  /** Who alone will do, by `id_token_hint`; null: anybody. */
  readonly hintedUserId: string | null;
  /** Who logged in during this very request. */
  readonly loginUserId: string | null;
  /** The person may do nothing else before they have a new password. */
  readonly mustChangePassword: boolean;
  readonly registration: RegistrationDecision;
  /** `due`: the API has a service that decides on scopes, and it was not asked about this person yet. */
  readonly scopeDecision: 'due' | 'made';
  readonly consent: { readonly decision: 'allowed' | 'denied'; readonly userId: string } | null;
  readonly trusted: boolean;
  /** Whether nobody but the client can receive what goes to it. */
  readonly clientAssured: boolean;
  /** Scopes that the person's consent covers; null: never asked, withdrawn, or not stored. */
  readonly consentedScopes: readonly string[] | null;
  /** Whether a consent is stored; false: it is asked for each time. */
  readonly consentStored: boolean;
}

export type NextStep =
  | { readonly step: 'login' }
  | { readonly step: 'change-password' }
  | { readonly step: 'registration'; readonly decision: Extract<RegistrationDecision, { need: 'register' | 'choose' }> }
  | { readonly step: 'scope-decision'; readonly namespace: string | null }
  | { readonly step: 'consent' }
  /** `onConsent`: what is given out rests on the person's stored consent. */
  | { readonly step: 'finish'; readonly namespace: string | null; readonly onConsent: boolean }
  /** The person cannot have what the client asks for, whatever they do. */
  | { readonly step: 'exclude'; readonly reason: Extract<RegistrationDecision, { need: 'refuse' }>['reason'] }
  | { readonly step: 'refuse'; readonly error: 'access_denied' | 'login_required' | 'interaction_required' | 'consent_required' };

export function nextStep(state: AuthorizationState): NextStep {
  const silent = state.prompt.includes('none');
  const userId = state.sessionUserId;
  if (userId === null || mustLogInAgain(state)) return silent ? { step: 'refuse', error: 'login_required' } : { step: 'login' };
  // "If the End-User identified by the ID Token is … not already logged in … it SHOULD return an error, such as login_required."
  if (isSomeoneElse(state)) return { step: 'refuse', error: 'login_required' };
  if (state.mustChangePassword) return silent ? { step: 'refuse', error: 'interaction_required' } : { step: 'change-password' };
  const { registration } = state;
  if (registration.need === 'refuse') return { step: 'exclude', reason: registration.reason };
  if (registration.need !== 'nothing') {
    return silent ? { step: 'refuse', error: 'interaction_required' } : { step: 'registration', decision: registration };
  }
  // Before the consent, so that the page shows what there is to consent to.
  const { namespace } = registration;
  if (state.scopeDecision === 'due') return { step: 'scope-decision', namespace };
  const answer = state.consent?.userId === userId ? state.consent.decision : null;
  if (answer === 'denied') return { step: 'refuse', error: 'access_denied' };
  const mustConsent = !state.trusted || state.prompt.includes('consent');
  if (mustConsent && !hasConsent(state, answer)) return silent ? { step: 'refuse', error: 'consent_required' } : { step: 'consent' };
  return { step: 'finish', namespace, onConsent: mustConsent && state.consentStored };
}

/**
 * OpenID Connect Core §3.1.2.1: `prompt=login` wants a login made for this request, whoever is logged in already; `max_age` one that
 * is not older; `id_token_hint` that of a certain person. What was asked for is had by a login made for this request.
 */
function mustLogInAgain(state: AuthorizationState): boolean {
  const asked = state.prompt.includes('login') || state.prompt.includes('select_account');
  const tooOld = state.maxAge !== null && state.sessionAge > state.maxAge;
  return (asked || tooOld || isSomeoneElse(state)) && state.loginUserId !== state.sessionUserId;
}

function isSomeoneElse(state: AuthorizationState): boolean {
  return state.hintedUserId !== null && state.hintedUserId !== state.sessionUserId;
}

/**
 * A trusted subscription needs no consent, but a client may ask for the page (`prompt=consent`). What was allowed in this request counts
 * unless it was withdrawn since; an earlier consent for the scopes that it covers, and only for a client that cannot be impersonated
 * (RFC 6749 §10.2, RFC 8252 §8.6).
 */
function hasConsent(state: AuthorizationState, answer: 'allowed' | null): boolean {
  const covered = state.consentedScopes !== null && state.scopes.every((scope) => state.consentedScopes?.includes(scope));
  if (answer === 'allowed') return covered || !state.consentStored;
  return covered && state.clientAssured && !state.prompt.includes('consent');
}

/** A client proves who it is by its secret, or by an https redirect URI, which only its owner can serve (RFC 8252 §8.6). */
export function isClientAssured(clientType: string, redirectUri: string): boolean {
  return clientType === 'confidential' || redirectUri.startsWith('https://');
}
