import { describe, expect, test } from '@jest/globals';
import type { Pool } from '#config/registry.js';
import { decideRegistration } from './decide-registration.js';

const plain: Pool = { id: 'p', name: 'P', requiresNamespace: false, disableRegister: false, properties: [] };
const closed = { ...plain, disableRegister: true };
const spaced = { ...plain, requiresNamespace: true };

describe('W6, W7: what a person has to do about a pool', () => {
  test.each<[string, Pool | null, string[], string | null, string | null, object]>([
    ['no pool', null, [], null, null, { need: 'nothing', namespace: null }],
    ['no pool, a namespace asked for', null, [], 'north', null, { need: 'nothing', namespace: null }],
    ['not registered', plain, [], null, null, { need: 'register' }],
    ['registered', plain, [''], null, null, { need: 'nothing', namespace: null }],
    ['registered, a namespace asked for', plain, [''], 'north', null, { need: 'nothing', namespace: null }],
    ['registered while the pool had namespaces', plain, ['north'], null, null, { need: 'register' }],
    ['nobody registers by themselves', closed, [], null, null, { need: 'refuse', reason: 'register-disabled' }],
    ['registered before that', closed, [''], null, null, { need: 'nothing', namespace: null }],
    ['in no namespace', spaced, [], null, null, { need: 'refuse', reason: 'no-namespace' }],
    ['registered while the pool had none', spaced, [''], null, null, { need: 'refuse', reason: 'no-namespace' }],
    ['in one', spaced, ['north'], null, null, { need: 'nothing', namespace: 'north' }],
    ['in several', spaced, ['north', 'south'], null, null, { need: 'choose', namespaces: ['north', 'south'] }],
    ['in several, chosen', spaced, ['north', 'south'], null, 'south', { need: 'nothing', namespace: 'south' }],
    ['chosen by someone else', spaced, ['north', 'south'], null, 'west', { need: 'choose', namespaces: ['north', 'south'] }],
    ['asked for one of several', spaced, ['north', 'south'], 'south', 'north', { need: 'nothing', namespace: 'south' }],
    ['asked for another', spaced, ['north'], 'south', null, { need: 'refuse', reason: 'other-namespace' }],
  ])('%s', (_, pool, registered, requested, chosen, expected) => {
    expect(decideRegistration({ pool, registered, requested, chosen })).toEqual(expected);
  });
});
