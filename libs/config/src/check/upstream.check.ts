import { createPrivateKey } from 'node:crypto';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { milliseconds } from '../compile/milliseconds.js';
import type { Part } from '../decode/draft.js';
import type { ApiFile } from '../schema/api.schema.js';
import { readCertificates } from '../schema/certificate.decorator.js';
import type { UpstreamSection } from '../schema/upstream.schema.js';
import type { Report } from './draft-check.js';

/** That what an API says of its upstream goes together. */
export function checkUpstream(api: Part<ApiFile>, report: Report): void {
  const { upstream } = api.value;
  if (upstream === undefined) return;
  const { url, targets, balance, hashBy, circuitBreaker } = upstream;
  if (url === undefined && targets === undefined)
    report(api, ['upstream'], 'must have url, such as http://orders.internal:9001, or targets');
  if (url !== undefined && targets !== undefined) report(api, ['upstream', 'targets'], 'stands beside url: keep one of the two');
  if (hashBy !== undefined && balance !== 'hash')
    report(api, ['upstream', 'hashBy'], 'stands only beside balance: hash: add that, or remove this key');
  if (circuitBreaker !== undefined && milliseconds(circuitBreaker.longestOpen) < milliseconds(circuitBreaker.openFor))
    report(api, ['upstream', 'circuitBreaker', 'longestOpen'], 'is shorter than openFor: make it as long at least');
  for (const key of ['maxWaiting', 'waitTimeout'] as const) {
    if (upstream[key] !== undefined && upstream.maxConnections === undefined)
      report(api, ['upstream', key], 'stands only beside maxConnections: add that, or remove this key');
  }
  for (const list of ['cookieDomains', 'cookiePaths', 'locations'] as const) {
    const rules: readonly { from?: string }[] = upstream.rewrite?.[list] ?? [];
    rules.forEach(({ from }, at) => {
      if (rules.findIndex((other) => other.from === from) < at)
        report(api, ['upstream', 'rewrite', list, at, 'from'], 'stands in a rule before this one, which counts: remove one of the two');
    });
  }
  checkTls(upstream, (path, message) => report(api, ['upstream', ...path], message));
}

function checkTls({ tls, url, targets = [] }: UpstreamSection, report: (path: string[], message: string) => void): void {
  if (tls === undefined) return;
  const urls = url === undefined ? targets.map((target) => target.url) : [url];
  // One that is not encrypted would go without the check that the operator relies on.
  if (!urls.every((one) => /^https:/i.test(one ?? 'https:')))
    report(['tls'], 'stands only where every target is https: change the URLs, or remove this key');
  const { cert, key } = tls;
  if (cert === undefined && key === undefined) return;
  if (key === undefined) report(['tls', 'cert'], 'needs key: give the private key of this certificate');
  else if (cert === undefined) report(['tls', 'key'], 'needs cert: give the certificate of this key');
  else if (!readCertificates(cert)?.[0]?.checkPrivateKey(createPrivateKey(key)))
    report(['tls', 'key'], 'is not the key of the first certificate in cert: give the two that belong together');
  else {
    const refusal = refusalOf({ cert, key });
    if (refusal !== null) report(['tls', 'cert'], `is refused by TLS (${refusal}): give one that is strong enough`);
  }
}

/**
 * TLS refuses short keys and old signatures of certificates that are well-formed. Were it left to the connections, the gateway alone
 * would notice, once the config is to be put in force.
 * @returns null: TLS takes them
 */
function refusalOf(pair: SecureContextOptions): string | null {
  try {
    createSecureContext(pair);
    return null;
  } catch (error) {
    const { reason, message } = error as Error & { readonly reason?: string };
    return reason ?? message;
  }
}
