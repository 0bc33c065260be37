import type { Upstream } from '#config/registry.js';
import type { Logger } from '#process/logger.js';
import { LeanClient, type LeanClientOptions } from '../lean/lean-client.js';
import { type BreakerChange, CircuitBreaker } from './circuit-breaker.js';
import { FollowedHealth } from './followed-health.js';
import { HealthChecks } from './health-checks.js';
import { TargetState } from './target-state.js';

/** Where what is found out of a target goes. */
export interface WatchDeps {
  /** Whether the target is checked here; else by another process. */
  readonly checks: boolean;
  readonly logger: Logger;
  tellBreaker(change: BreakerChange): void;
  tellHealth(healthy: boolean): void;
}

/** Begins to keep account of a target, and to check it where the upstream says so. What it finds out is logged. */
export function watchTarget(
  options: LeanClientOptions,
  { circuitBreaker, healthCheck }: Pick<Upstream, 'circuitBreaker' | 'healthCheck'>,
  { checks: checksHere, logger, tellBreaker, tellHealth }: WatchDeps,
): TargetState {
  const upstream = options.origin;
  const breaker =
    circuitBreaker &&
    new CircuitBreaker(circuitBreaker, {
      onChange: (change) => {
        const { openFor } = change;
        tellBreaker(change);
        if (openFor === 0) logger.info({ upstream }, 'An upstream is in use again.');
        else logger.warn({ upstream, milliseconds: openFor }, 'An upstream fails, and is left out for a while.');
      },
    });
  if (healthCheck === null) return new TargetState(upstream, breaker, null);
  if (!checksHere) return new TargetState(upstream, breaker, new FollowedHealth(healthCheck.interval));
  const { timeout } = healthCheck;
  const client = new LeanClient({
    ...options,
    connectTimeout: timeout,
    firstByteTimeout: timeout,
    idleTimeout: timeout,
    maxConnections: 0,
  });
  const checks = new HealthChecks(healthCheck, client, {
    onChange: ({ healthy, finding }) => {
      if (healthy) {
        // One that was asked and is well need not be tried.
        breaker?.reset();
        logger.info({ upstream, finding }, 'An upstream is healthy again.');
      } else logger.warn({ upstream, finding }, 'An upstream is sick, and is left out until its checks are good.');
    },
    // Also when nothing changes: a process that began since does not know it.
    onConfirmed: tellHealth,
  });
  return new TargetState(upstream, breaker, checks);
}
