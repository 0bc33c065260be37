import { expect, test } from '@jest/globals';
import { decideLogout, type LogoutFacts } from './decide-logout.js';

const hint = { issuerUrl: 'https://auth.example/local/api/orders', userId: 'ada', clientId: 'shop' };

test.each<[string, LogoutFacts, object]>([
  ['no hint', { hint: null, clientId: null, userId: 'ada' }, { step: 'ask', clientId: null }],
  ['a client, no hint', { hint: null, clientId: 'shop', userId: 'ada' }, { step: 'ask', clientId: 'shop' }],
  ['nobody is logged in, no hint', { hint: null, clientId: 'shop', userId: null }, { step: 'ask', clientId: 'shop' }],
  ['a bad hint', { hint: 'invalid', clientId: 'shop', userId: 'ada' }, { step: 'refuse' }],
  ['a hint of that person', { hint, clientId: null, userId: 'ada' }, { step: 'log-out', clientId: 'shop' }],
  ['a hint of that person and client', { hint, clientId: 'shop', userId: 'ada' }, { step: 'log-out', clientId: 'shop' }],
  ['a hint of that person, another client', { hint, clientId: 'other', userId: 'ada' }, { step: 'refuse' }],
  ['a hint of another person', { hint, clientId: null, userId: 'bob' }, { step: 'ask', clientId: 'shop' }],
  ['a hint, nobody is logged in', { hint, clientId: null, userId: null }, { step: 'log-out', clientId: 'shop' }],
])('RP-Initiated Logout §2: %s', (_, facts, decision) => {
  expect(decideLogout(facts)).toEqual(decision);
});
