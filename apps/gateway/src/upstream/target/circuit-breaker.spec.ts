import { beforeEach, expect, test } from '@jest/globals';
import { type BreakerChange, CircuitBreaker } from './circuit-breaker.js';

const SETTINGS = { failures: 3, failureStatuses: [], openFor: 1_000, longestOpen: 3_000, probes: 1 };

let now: number;
let breaker: CircuitBreaker;
beforeEach(() => {
  now = 5_000_000;
  breaker = new CircuitBreaker(SETTINGS, { now: () => now });
});

const call = (success: boolean | null): void => breaker.end(breaker.begin(), success);
const fail = (times: number): void => {
  for (let i = 0; i < times; i++) call(false);
};

test('BEHAVIOURS 79: opens after failures in a row, and says for how long', () => {
  fail(2);
  call(true);
  fail(2);
  expect([breaker.state, breaker.takesCalls, breaker.opensIn]).toEqual(['closed', true, 0]);
  fail(1);
  expect([breaker.state, breaker.takesCalls, breaker.opensIn, breaker.ejections]).toEqual(['open', false, 1_000, 1]);
});

test('calls that were given up count for nothing', () => {
  fail(2);
  call(null);
  expect(breaker.state).toBe('closed');
  fail(1);
  expect(breaker.state).toBe('open');
});

test('half-open takes as many calls as there are probes; success closes it', () => {
  fail(3);
  now += 1_000;
  expect([breaker.state, breaker.takesCalls]).toEqual(['half-open', true]);
  const probe = breaker.begin();
  expect(breaker.takesCalls).toBe(false);
  breaker.end(probe, true);
  expect([breaker.state, breaker.takesCalls]).toEqual(['closed', true]);
  fail(2);
  expect(breaker.state).toBe('closed');
});

test('with two probes both must succeed', () => {
  breaker = new CircuitBreaker({ ...SETTINGS, probes: 2 }, { now: () => now });
  fail(3);
  now += 1_000;
  const probes = [breaker.begin(), breaker.begin()];
  expect(breaker.takesCalls).toBe(false);
  breaker.end(probes[0] as number, true);
  expect([breaker.state, breaker.takesCalls]).toEqual(['half-open', false]);
  breaker.end(probes[1] as number, true);
  expect(breaker.state).toBe('closed');
});

test('a probe that was given up leaves its place to another', () => {
  fail(3);
  now += 1_000;
  call(null);
  expect([breaker.state, breaker.takesCalls]).toEqual(['half-open', true]);
});

test('each failed probe doubles the time, up to the longest', () => {
  fail(3);
  const times = [1, 2, 3, 4].map(() => {
    const time = breaker.opensIn;
    now += time;
    fail(1);
    return time;
  });
  expect(times).toEqual([1_000, 2_000, 3_000, 3_000]);
});

test('one that flickers is left out longer; one that held out begins anew', () => {
  const closeAfter = (): void => {
    now += breaker.opensIn;
    call(true);
  };
  fail(3);
  closeAfter();
  fail(3);
  expect(breaker.opensIn).toBe(2_000);
  closeAfter();
  now += 3_000;
  fail(3);
  expect(breaker.opensIn).toBe(1_000);
});

test('what was sent before it opened, or opened once more, says nothing new', () => {
  const old = breaker.begin();
  fail(3);
  breaker.end(old, true);
  expect(breaker.state).toBe('open');
  breaker = new CircuitBreaker({ ...SETTINGS, probes: 2 }, { now: () => now });
  fail(3);
  now += 1_000;
  const [first, second] = [breaker.begin(), breaker.begin()];
  breaker.end(first, false);
  breaker.end(second, true);
  now += 2_000;
  expect([breaker.state, breaker.takesCalls]).toEqual(['half-open', true]);
  call(true);
  expect(breaker.state).toBe('half-open');
});

/** Two processes, each of which tells the other. */
function twoBreakers(): [CircuitBreaker, CircuitBreaker] {
  const both: CircuitBreaker[] = [];
  const make = (other: number): CircuitBreaker =>
    new CircuitBreaker(SETTINGS, { now: () => now, onChange: (change: BreakerChange) => both[other]?.follow(change) });
  both.push(make(1), make(0));
  return both as [CircuitBreaker, CircuitBreaker];
}

test('what opens it in one process opens it in the others, and what closes it closes them; it is counted once', () => {
  const [one, other] = twoBreakers();
  for (let i = 0; i < 3; i++) one.end(one.begin(), false);
  expect([other.state, other.opensIn, other.ejections]).toEqual(['open', 1_000, 0]);
  now += 1_000;
  other.end(other.begin(), true);
  expect([one.state, other.state]).toEqual(['closed', 'closed']);
});

test('a failed probe of one process doubles the time of all, and those under way in the others say nothing more', () => {
  const [one, other] = twoBreakers();
  for (let i = 0; i < 3; i++) one.end(one.begin(), false);
  now += 1_000;
  const [probe, late] = [other.begin(), one.begin()];
  other.end(probe, false);
  one.end(late, true);
  expect([one.state, one.opensIn, other.opensIn]).toEqual(['open', 2_000, 2_000]);
});
