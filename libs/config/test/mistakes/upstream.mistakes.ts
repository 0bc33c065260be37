import { type Mistake, orders } from './mistake.js';

const upstream = (line: string) => orders('9001', `9001\n  ${line}`);

export const UPSTREAM_MISTAKES: readonly Mistake[] = [
  [
    'neither url nor targets',
    orders('url: http://localhost:9001', 'retries: 0'),
    'apis/orders/api.yaml:7:1 upstream',
    'must have url, such as http://orders.internal:9001, or targets',
  ],
  [
    'url and targets',
    upstream('targets: [{ url: http://b }]'),
    'apis/orders/api.yaml:9:3 upstream.targets',
    'stands beside url: keep one of the two',
  ],
  [
    'an unknown way to balance',
    upstream('balance: round-robin'),
    'apis/orders/api.yaml:9:12 upstream.balance',
    'must be weighted, least-connections or hash, not "round-robin"',
  ],
  [
    'a hash of nothing known',
    upstream('balance: hash\n  hashBy: cookie'),
    'apis/orders/api.yaml:10:11 upstream.hashBy',
    'must be consumer, address, or header: and the name of a header, such as header:X-Tenant, not "cookie"',
  ],
  [
    'hashBy without hash',
    upstream('hashBy: address'),
    'apis/orders/api.yaml:9:11 upstream.hashBy',
    'stands only beside balance: hash: add that, or remove this key',
  ],
  [
    'a retry budget above all calls',
    upstream('retryBudget: { percent: 120 }'),
    'apis/orders/api.yaml:9:27 upstream.retryBudget.percent',
    'must not be greater than 100',
  ],
  [
    'a failure that is none',
    upstream('circuitBreaker: { failureStatuses: [503, 200] }'),
    'apis/orders/api.yaml:9:44 upstream.circuitBreaker.failureStatuses[1]',
    'must not be less than 400',
  ],
  [
    'a breaker that is open longer than its longest time',
    upstream('circuitBreaker: { openFor: 10m }'),
    'apis/orders/api.yaml:9:3 upstream.circuitBreaker.longestOpen',
    'is shorter than openFor: make it as long at least',
  ],
  [
    'a health check without path',
    upstream('healthCheck: { interval: 5s }'),
    'apis/orders/api.yaml:9:3 upstream.healthCheck.path',
    'is missing: it must be a path such as /healthz: beginning with "/", of visible ASCII characters, without "#"',
  ],
  [
    'a health check of a whole URL',
    upstream('healthCheck: { path: "http://localhost/healthz" }'),
    'apis/orders/api.yaml:9:24 upstream.healthCheck.path',
    'must be a path such as /healthz: beginning with "/", of visible ASCII characters, without "#", not "http://localhost/healthz"',
  ],
  [
    'no time in all',
    upstream('totalTimeout: 0'),
    'apis/orders/api.yaml:9:17 upstream.totalTimeout',
    'must be from 10ms to 7d, not the number 0',
  ],
  [
    'certificates that are a path',
    orders('http://localhost:9001', 'https://localhost\n  tls: { ca: /etc/ca.pem }'),
    'apis/orders/api.yaml:9:14 upstream.tls.ca',
    'must be one or several certificates in PEM and nothing else, best read from a file: "${file:/etc/gatehouse/ca.pem}"',
  ],
  [
    'a key that is none, which is not shown',
    orders('http://localhost:9001', 'https://localhost\n  tls: { key: hunter2 }'),
    'apis/orders/api.yaml:9:15 upstream.tls.key',
    'must be a private key in PEM without a passphrase, best read from a file: "${file:/run/secrets/gateway.key}"',
  ],
  [
    'TLS where nothing is encrypted',
    upstream('tls: { serverName: orders.internal }'),
    'apis/orders/api.yaml:9:3 upstream.tls',
    'stands only where every target is https: change the URLs, or remove this key',
  ],
  [
    'a server name with a port',
    orders('http://localhost:9001', 'https://localhost\n  tls: { serverName: "a:443" }'),
    'apis/orders/api.yaml:9:22 upstream.tls.serverName',
    'must be a host name without port, such as api.example.com, not "a:443"',
  ],
  [
    'a cookie domain with a dot',
    upstream('rewrite: { cookieDomains: [{ from: .internal }] }'),
    'apis/orders/api.yaml:9:38 upstream.rewrite.cookieDomains[0].from',
    'must be a host name without port, such as orders.internal, or "*", not ".internal"',
  ],
  [
    'a cookie path without a target',
    upstream('rewrite: { cookiePaths: [{ from: /base }] }'),
    'apis/orders/api.yaml:9:28 upstream.rewrite.cookiePaths[0].to',
    'is missing: it must be a path such as /orders/v1: beginning with "/", of visible ASCII characters, without ";", "?" and "#"',
  ],
  [
    'a cookie path that would end the attribute',
    upstream('rewrite: { cookiePaths: [{ from: /base, to: "/a; HttpOnly" }] }'),
    'apis/orders/api.yaml:9:47 upstream.rewrite.cookiePaths[0].to',
    'must be a path such as /orders/v1: beginning with "/", of visible ASCII characters, without ";", "?" and "#", not "/a; HttpOnly"',
  ],
  [
    'a location without a host',
    upstream('rewrite: { locations: [{ from: /base, to: /orders }] }'),
    'apis/orders/api.yaml:9:34 upstream.rewrite.locations[0].from',
    'must be an http or https URL without query and fragment, such as http://orders.internal:9001, not "/base"',
  ],
  [
    'two rules for one path',
    upstream('rewrite: { cookiePaths: [{ from: /a, to: /b }, { from: /a, to: /c }] }'),
    'apis/orders/api.yaml:9:58 upstream.rewrite.cookiePaths[1].from',
    'stands in a rule before this one, which counts: remove one of the two',
  ],
  [
    'a line without a cap',
    upstream('maxWaiting: 5'),
    'apis/orders/api.yaml:9:15 upstream.maxWaiting',
    'stands only beside maxConnections: add that, or remove this key',
  ],
];
