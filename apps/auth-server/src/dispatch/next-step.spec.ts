import { describe, expect, test } from '@jest/globals';
import { type AuthorizationState, isClientAssured, nextStep } from './next-step.js';

const start: AuthorizationState = {
  prompt: [],
  scopes: ['read'],
  sessionUserId: null,
  sessionAge: 0,
  maxAge: null,
  hintedUserId: null,
  mustChangePassword: false,
  registration: { need: 'nothing', namespace: null },
  loginUserId: null,
  scopeDecision: 'made',
  consent: null,
  trusted: false,
  clientAssured: true,
  consentedScopes: null,
  consentStored: true,
};
const loggedIn = { ...start, sessionUserId: 'ada' };
const consented = { ...loggedIn, consentedScopes: ['read'] };
const allowed = { ...consented, consent: { decision: 'allowed', userId: 'ada' } } as const;

describe('the next step of an authorization', () => {
  test.each<[string, AuthorizationState, string]>([
    ['nobody is logged in', start, 'login'],
    ['13: nobody is logged in, prompt=none', { ...start, prompt: ['none'] }, 'login_required'],
    ['B: logged in, never asked', loggedIn, 'consent'],
    ['13: never asked, prompt=none', { ...loggedIn, prompt: ['none'] }, 'consent_required'],
    ['B: consented before', consented, 'finish'],
    ['13: consented before, prompt=none', { ...consented, prompt: ['none'] }, 'finish'],
    ['W1: consented to less', { ...consented, scopes: ['read', 'write'] }, 'consent'],
    ['W1: consented to more', { ...consented, consentedScopes: ['read', 'write'] }, 'finish'],
    ['consented to no scopes, asks for none', { ...consented, scopes: [], consentedScopes: [] }, 'finish'],
    ['W10: a decision is due, nobody is logged in', { ...start, scopeDecision: 'due' }, 'login'],
    ['W10: a decision is due before the consent', { ...loggedIn, scopeDecision: 'due' }, 'scope-decision'],
    [
      'W10: a decision is due, trusted, prompt=none',
      { ...loggedIn, trusted: true, scopeDecision: 'due', prompt: ['none'] },
      'scope-decision',
    ],
    ['never asked, asks for no scopes', { ...loggedIn, scopes: [] }, 'consent'],
    ['B: trusted', { ...loggedIn, trusted: true }, 'finish'],
    ['trusted, prompt=consent', { ...loggedIn, trusted: true, prompt: ['consent'] }, 'consent'],
    ['13: consented before, prompt=login', { ...consented, prompt: ['login'] }, 'login'],
    ['13: logged in for this request, prompt=login', { ...consented, prompt: ['login'], loginUserId: 'ada' }, 'finish'],
    ['13: someone else logged in for this request', { ...consented, prompt: ['login'], loginUserId: 'bob' }, 'login'],
    ['13: consented before, prompt=consent', { ...consented, prompt: ['consent'] }, 'consent'],
    ['allowed now, prompt=consent', { ...allowed, prompt: ['consent'] }, 'finish'],
    ['W1: allowed now', allowed, 'finish'],
    ['W1: allowed now, and withdrawn since', { ...allowed, consentedScopes: null }, 'consent'],
    ['W1: allowed now, and withdrawn since, prompt=consent', { ...allowed, consentedScopes: null, prompt: ['consent'] }, 'consent'],
    ['W10: allowed now, and not stored', { ...allowed, consentedScopes: null, consentStored: false }, 'finish'],
    ['W1: denied now', { ...loggedIn, consent: { decision: 'denied', userId: 'ada' } }, 'access_denied'],
    ['denied now, though consented before', { ...consented, consent: { decision: 'denied', userId: 'ada' } }, 'access_denied'],
    ['W6: not registered', { ...allowed, registration: { need: 'register' } }, 'registration'],
    ['W6, 13: not registered, prompt=none', { ...consented, registration: { need: 'register' }, prompt: ['none'] }, 'interaction_required'],
    ['W7: several namespaces', { ...loggedIn, registration: { need: 'choose', namespaces: ['a', 'b'] } }, 'registration'],
    ['W7: no namespace', { ...allowed, registration: { need: 'refuse', reason: 'no-namespace' } }, 'exclude'],
    ['99: a new password is due', { ...allowed, mustChangePassword: true }, 'change-password'],
    ['13, 99: a new password is due, silently', { ...allowed, mustChangePassword: true, prompt: ['none'] }, 'interaction_required'],
    ['18: allowed by someone else', { ...allowed, sessionUserId: 'bob', consentedScopes: null }, 'consent'],
    ['logged out meanwhile', { ...allowed, sessionUserId: null }, 'login'],
    ['17: consented before, but anyone can pose as the client', { ...consented, clientAssured: false }, 'consent'],
    ['17: the same with prompt=none', { ...consented, clientAssured: false, prompt: ['none'] }, 'consent_required'],
    ['max_age: the login is young enough', { ...consented, maxAge: 60, sessionAge: 59 }, 'finish'],
    ['max_age: the login is too old', { ...consented, maxAge: 60, sessionAge: 61 }, 'login'],
    ['max_age: too old, prompt=none', { ...consented, maxAge: 60, sessionAge: 61, prompt: ['none'] }, 'login_required'],
    ['max_age=0: logged in for this request', { ...consented, maxAge: 0, sessionAge: 2, loginUserId: 'ada' }, 'finish'],
    ['id_token_hint: it is that person', { ...consented, hintedUserId: 'ada' }, 'finish'],
    ['id_token_hint: someone else is logged in', { ...consented, hintedUserId: 'bob' }, 'login'],
    ['id_token_hint: someone else, prompt=none', { ...consented, hintedUserId: 'bob', prompt: ['none'] }, 'login_required'],
    ['id_token_hint: someone else logged in for this request', { ...consented, hintedUserId: 'bob', loginUserId: 'ada' }, 'login_required'],
    ['17: allowed now', { ...allowed, clientAssured: false }, 'finish'],
  ])('%s', (_, state, expected) => {
    const next = nextStep(state);
    expect(next.step === 'refuse' ? next.error : next.step).toBe(expected);
  });
});

test.each([
  ['confidential', 'http://localhost:9000/cb', true],
  ['public_spa', 'https://spa.example/cb', true],
  ['public_spa', 'http://localhost:3000/cb', false],
  ['public_native', 'http://127.0.0.1/cb', false],
  ['public_native', 'com.example.app:/cb', false],
  ['public_native', 'https://app.example/claimed', true],
])('17: a %s client at %s is assured: %s (RFC 8252 §8.6)', (type, uri, assured) => {
  expect(isClientAssured(type, uri)).toBe(assured);
});
