import { describe, expect, test } from '@jest/globals';
import { TargetState } from '../target/target-state.js';
import type { UpstreamTarget } from '../upstream-target.js';
import type { BalancedCall } from './balancer.js';
import { KeyHash } from './key-hash.js';
import { LeastConnections } from './least-connections.js';
import { WeightedTurns } from './weighted-turns.js';

type Target = UpstreamTarget & { readonly state: TargetState & { out: boolean } };

class SwitchedState extends TargetState {
  out = false;

  override get takesCalls(): boolean {
    return !this.out;
  }
}

const target = (origin: string, weight = 1): Target => ({
  client: { counts: { busy: 0, idle: 0, waiting: 0, opened: 0 }, open: () => undefined as never, close: () => Promise.resolve() },
  origin,
  basePath: '',
  weight,
  state: new SwitchedState(origin, null, null),
});
const call = (over: Partial<BalancedCall> = {}): BalancedCall => ({
  requestHeader: () => undefined,
  consumer: null,
  clientAddress: '10.0.0.1',
  ...over,
});
const [a, b, c] = ['http://a', 'http://b', 'http://c'].map((origin) => target(origin)) as [Target, Target, Target];
const origins = (targets: (UpstreamTarget | null)[]): string => targets.map((one) => one?.origin.slice(-1) ?? '-').join('');
const tenant = (name: string): BalancedCall => call({ requestHeader: (header) => (header === 'x-tenant' ? name : undefined) });

describe('in turn by weight', () => {
  test('turns of a target that is out go to the others evenly', () => {
    const turns = new WeightedTurns([a, b, c]);
    a.state.out = true;
    const picked = origins(Array.from({ length: 6 }, () => turns.pick(call(), [])));
    a.state.out = false;
    expect(picked).toBe('bcbcbc');
  });

  test('a target that has failed the call is passed over; none is left when all have', () => {
    const turns = new WeightedTurns([target('http://a', 9), b]);
    const first = turns.pick(call(), []) as UpstreamTarget;
    expect(origins([first, turns.pick(call(), [first]), turns.pick(call(), [first, b])])).toBe('ab-');
  });
});

describe('least connections', () => {
  test('the fewest calls in hand for its weight; of equals each has its turn', () => {
    const heavy = target('http://h', 2);
    const least = new LeastConnections([heavy, b]);
    heavy.state.inHand = 1;
    b.state.inHand = 1;
    expect(origins([least.pick(call(), [])])).toBe('h');
    heavy.state.inHand = 4;
    expect(origins([least.pick(call(), []), least.pick(call(), [b])])).toBe('bh');
    b.state.inHand = 0;
    const equal = new LeastConnections([a, b, c]);
    expect(origins(Array.from({ length: 6 }, () => equal.pick(call(), [])))).toBe('bcabca');
  });
});

describe('by hash', () => {
  const keys = Array.from({ length: 9_000 }, (_, i) => `tenant-${i}`);
  const spread = (hash: KeyHash): string[] => keys.map((key) => origins([hash.pick(tenant(key), [])]));

  test('each key has its target, each target its share', () => {
    const hash = new KeyHash([a, b, target('http://h', 2)], { kind: 'header', name: 'x-tenant' });
    const picked = spread(hash);
    expect(spread(hash)).toEqual(picked);
    const share = (origin: string): number => picked.filter((one) => one === origin).length / keys.length;
    for (const [origin, expected] of [
      ['a', 0.25],
      ['b', 0.25],
      ['h', 0.5],
    ] as const)
      expect(share(origin)).toBeCloseTo(expected, 1);
  });

  test('when a target goes, only its keys move, and to all the others', () => {
    const hash = new KeyHash([a, b, c], { kind: 'header', name: 'x-tenant' });
    const before = spread(hash);
    b.state.out = true;
    const after = spread(hash);
    b.state.out = false;
    expect(before.flatMap((one, i) => (one === 'b' ? [] : [after[i] === one]))).not.toContain(false);
    const moved = after.filter((_, i) => before[i] === 'b');
    expect(moved.filter((one) => one === 'a').length / moved.length).toBeCloseTo(0.5, 1);
  });

  test.each<[string, BalancedCall, BalancedCall]>([
    [
      'consumer',
      call({ consumer: { applicationId: 'x' }, clientAddress: '1' }),
      call({ consumer: { applicationId: 'x' }, clientAddress: '2' }),
    ],
    ['consumer', call({ clientAddress: 'x' }), call({ consumer: { applicationId: 'x' } })],
    ['address', call({ consumer: { applicationId: 'y' } }), call()],
  ])('%s: the same key, the same target', (kind, one, other) => {
    const targets = Array.from({ length: 50 }, (_, i) => target(`http://${i}`));
    const hash = new KeyHash(targets, { kind: kind as 'consumer' });
    expect(hash.pick(one, [])).toBe(hash.pick(other, []));
  });
});
