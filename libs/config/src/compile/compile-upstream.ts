import type { CircuitBreaker, HashKey, HealthCheck, ResponseRewrite, Upstream, UpstreamTls } from '../registry.js';
import { parseHashKey } from '../schema/hash-key.decorator.js';
import type { RewriteSection } from '../schema/rewrite.schema.js';
import {
  CircuitBreakerSection,
  type HealthCheckSection,
  type UpstreamSection,
  type UpstreamTlsSection,
} from '../schema/upstream.schema.js';
import { SecretText } from '../secret-text.js';
import { milliseconds } from './milliseconds.js';

/** Of `balance: hash` where `hashBy` is not given. */
const DEFAULT_HASH_KEY = 'consumer';
/** With `maxConnections`. */
const DEFAULT_MAX_WAITING = 100;
const DEFAULT_WAIT_TIMEOUT = '5s';

export function compileUpstream(section: UpstreamSection): Upstream {
  const targets = compileTargets(section);
  // One target alone stays in use unless the operator asked for more: to leave it out is to close the API.
  const breaker = section.circuitBreaker ?? (targets.length > 1 ? new CircuitBreakerSection() : null);
  return {
    targets,
    balance: section.balance as Upstream['balance'],
    hashBy: parseHashKey(section.hashBy ?? DEFAULT_HASH_KEY) as HashKey,
    connectTimeout: milliseconds(section.connectTimeout),
    firstByteTimeout: milliseconds(section.firstByteTimeout ?? section.timeout),
    idleTimeout: milliseconds(section.idleTimeout ?? section.timeout),
    totalTimeout: section.totalTimeout === undefined ? 0 : milliseconds(section.totalTimeout),
    maxConnectionAge: milliseconds(section.maxConnectionAge),
    maxConnections: section.maxConnections ?? 0,
    maxWaiting: section.maxWaiting ?? DEFAULT_MAX_WAITING,
    waitTimeout: milliseconds(section.waitTimeout ?? DEFAULT_WAIT_TIMEOUT),
    tls: section.tls === undefined ? null : compileTls(section.tls),
    rewrite: section.rewrite === undefined ? null : compileRewrite(section.rewrite),
    retries: section.retries,
    retryBudget: { percent: section.retryBudget.percent, perSecond: section.retryBudget.perSecond },
    circuitBreaker: breaker?.enabled ? compileBreaker(breaker) : null,
    healthCheck: section.healthCheck === undefined ? null : compileHealthCheck(section.healthCheck),
  };
}

const withoutSlash = (address: string): string => address.replace(/\/+$/, '');

function compileTargets({ url, targets = [] }: UpstreamSection): Upstream['targets'] {
  if (url !== undefined) return [{ url: withoutSlash(url), weight: 1 }];
  return targets.map(({ url: target, weight }) => ({ url: withoutSlash(target), weight }));
}

function compileRewrite({ cookieDomains, cookiePaths, locations }: RewriteSection): ResponseRewrite {
  const prefixes = (rules: readonly { from: string; to: string }[]) =>
    rules.map(({ from, to }) => ({ from: withoutSlash(from), to: withoutSlash(to) }));
  return {
    cookieDomains: cookieDomains.map(({ from, to }) => ({ from: from.toLowerCase(), to: to?.toLowerCase() ?? null })),
    cookiePaths: prefixes(cookiePaths),
    locations: prefixes(locations),
  };
}

function compileTls({ ca, cert, key, serverName }: UpstreamTlsSection): UpstreamTls {
  return {
    ca: ca ?? null,
    identity: cert === undefined || key === undefined ? null : { cert, key: new SecretText(key) },
    serverName: serverName ?? null,
  };
}

function compileBreaker({ failures, failureStatuses, openFor, longestOpen, probes }: CircuitBreakerSection): CircuitBreaker {
  return {
    failures,
    failureStatuses: [...failureStatuses],
    openFor: milliseconds(openFor),
    longestOpen: milliseconds(longestOpen),
    probes,
  };
}

function compileHealthCheck({ path, interval, timeout, healthyAfter, unhealthyAfter, expectedStatuses }: HealthCheckSection): HealthCheck {
  return {
    path,
    interval: milliseconds(interval),
    timeout: milliseconds(timeout),
    healthyAfter,
    unhealthyAfter,
    expectedStatuses: [...expectedStatuses],
  };
}
