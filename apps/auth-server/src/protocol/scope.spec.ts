import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decideScopes, parseScope, type ScopeRules } from './scope.js';

const rules: ScopeRules = {
  known: new Map([
    ['read', 'Read'],
    ['write', 'Write'],
    ['admin', ''],
  ]),
  allowed: null,
  trusted: false,
  mandatory: false,
};

describe('19: scope syntax (RFC 6749 §3.3)', () => {
  test.each(['', ' ', 'a  b', ' a', 'a ', 'a"b', 'a\\b', 'a\tb', 'é', 'a\nb'])('%j is refused', (text) => {
    expect(parseScope(text)).toBeNull();
  });
  test.each([
    ['a', ['a']],
    ['a b a', ['a', 'b']],
    ['urn:x:y/z#!~', ['urn:x:y/z#!~']],
  ])('%j is read', (text, scopes) => {
    expect(parseScope(text)).toEqual(scopes);
  });
});

describe('W2, W3: what is granted', () => {
  test.each<[string | undefined, Partial<ScopeRules>, readonly string[]]>([
    ['read write', {}, ['read', 'write']],
    [undefined, {}, []],
    [undefined, { trusted: true }, ['read', 'write', 'admin']],
    [undefined, { trusted: true, allowed: ['write'] }, ['write']],
    [undefined, { trusted: true, mandatory: true }, ['read', 'write', 'admin']],
    ['read write', { allowed: ['read'] }, ['read']],
    ['read write', { allowed: [] }, []],
    ['read', { trusted: true }, ['read']],
    ['openid read', { identity: ['openid', 'email'], allowed: [] }, ['openid']],
    ['openid email offline_access', { identity: ['openid', 'email'] }, ['openid', 'email']],
    [undefined, { trusted: true, identity: ['openid'] }, ['read', 'write', 'admin']],
  ])('scope=%s with %j grants %j', (requested, change, granted) => {
    expect(decideScopes(requested, { ...rules, ...change })).toEqual({ granted });
  });

  test.each<[string | undefined, Partial<ScopeRules>, object]>([
    [undefined, { mandatory: true }, { refused: 'missing' }],
    ['read nope', {}, { refused: 'unknown', scope: 'nope' }],
    ['a  b', {}, { refused: 'malformed' }],
    ['openid', {}, { refused: 'unknown', scope: 'openid' }],
    ['email', { identity: ['openid', 'email'] }, { refused: 'unknown', scope: 'email' }],
    ['read offline_access', { identity: ['openid', 'email'] }, { refused: 'unknown', scope: 'offline_access' }],
    ['toString', {}, { refused: 'unknown', scope: 'toString' }],
  ])('scope=%s with %j is refused', (requested, change, decision) => {
    expect(decideScopes(requested, { ...rules, ...change })).toEqual(decision);
  });

  test('19: whatever is sent, nothing is granted that the API does not have or the subscription may not', () => {
    const scope = fc.oneof(fc.string(), fc.constantFrom('read', 'write', 'read write', 'admin read', 'write  read'));
    fc.assert(
      fc.property(scope, (text) => {
        const decision = decideScopes(text, { ...rules, allowed: ['read', 'gone'] });
        return 'refused' in decision || decision.granted.every((one) => one === 'read');
      }),
    );
  });
});
