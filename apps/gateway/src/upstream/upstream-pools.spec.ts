import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import type { Upstream } from '#config/registry.js';
import type { Logger } from '#process/logger.js';
import type { LeanClientOptions } from './lean/lean-client.js';
import type { CircuitBreaker } from './target/circuit-breaker.js';
import { NO_PEERS, type TargetNews } from './upstream-peers.js';
import { UpstreamPools } from './upstream-pools.js';

const OPTIONS = { origin: 'http://a.example' } as LeanClientOptions;
const UPSTREAM = {
  circuitBreaker: { failures: 1, failureStatuses: [], openFor: 10_000, longestOpen: 60_000, probes: 1 },
  healthCheck: null,
} as unknown as Upstream;
const HOUR_MS = 3_600_000;

let pools: UpstreamPools;
let hear: (news: TargetNews) => void;
let told: TargetNews;
beforeEach(() => {
  jest.useFakeTimers();
  const logger = { warn: () => undefined, info: () => undefined } as unknown as Logger;
  const other = new UpstreamPools(logger, { ...NO_PEERS, tell: (news) => (told = news) });
  const breaker = other.state(OPTIONS, UPSTREAM).breaker as CircuitBreaker;
  breaker.end(breaker.begin(), false);
  pools = new UpstreamPools(logger, { ...NO_PEERS, onNews: (listener) => (hear = listener) });
});
afterEach(() => {
  jest.useRealTimers();
});

/** A reload. @returns how the breaker of the target is, where the reload knows it */
function reload(knowsTarget: boolean): string | undefined {
  pools.beginSnapshot();
  const state = knowsTarget ? pools.state(OPTIONS, UPSTREAM).breaker?.state : undefined;
  pools.closeUnused();
  return state;
}

test('BEHAVIOURS 79: what another process found out of a target before this one has the reload that names it is not lost', () => {
  hear(told);
  jest.advanceTimersByTime(1_000);
  expect(reload(true)).toBe('open');
});

test('and news of its health take nothing of it away', () => {
  hear(told);
  hear({ target: told.target, kind: 'health', healthy: true });
  expect(reload(true)).toBe('open');
});

test('what was found out of a target that was removed is forgotten when it returns', () => {
  reload(true);
  reload(false);
  hear(told);
  jest.advanceTimersByTime(HOUR_MS);
  expect(reload(true)).toBe('closed');
});

test('and at a reload that does not name it', () => {
  hear(told);
  reload(false);
  expect(reload(true)).toBe('closed');
});
