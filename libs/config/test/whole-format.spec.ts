import { expect, test } from '@jest/globals';
import { formatFaults, loadConfig } from '../src/load-config.js';
import { withFolder } from './config-folder.js';

/** Every key of the format, those of features not built yet too. */
const WHOLE = {
  'gatehouse.yaml': `title: Acme APIs
publicUrls: { gateway: http://localhost:8000, auth: http://localhost:8010, portal: http://localhost:8020 }
portal: { authMethods: [local], signup: true, theme: { color: "#0b5fff", logo: logo.svg } }
apiKeyHeader: X-ApiKey
trustedProxies: []
maxBodySize: 100mb
tls: { certificates: [{ cert: /run/secrets/api.pem, key: /run/secrets/api.key }] }
audit: { retention: 365d }
accessLog: { enabled: true, file: /var/log/gatehouse/access.log, fields: [time, status], sample: 0.1, slowerThan: 1s }
slowCalls: { threshold: 10s }
mail: { from: apis@acme.example, url: "\${SMTP_URL:-}" }
initialUsers:
  - { email: admin@example.com, password: "\${ADMIN_PASSWORD:-wicked}", groups: [admin], validated: true }
`,
  'logo.svg': '<svg xmlns="http://www.w3.org/2000/svg"/>',
  'groups.yaml': `admin: { name: Administrators, admin: true }
partners: { name: Partners, aliases: ["CN=Partners,DC=acme"] }
approvers: { name: Approvers, approver: true }
`,
  'auth-methods/local.yaml': `type: local
name: Email and password
description: For customers
enabled: true
protected: false
config: { trustUsers: false, disableSignup: false }
`,
  'auth-methods/corporate.yaml': 'type: local\nname: Corporate\n',
  'pools/customers.yaml': `name: Customers
requiresNamespace: false
disableRegister: false
properties:
  - { id: name, description: Full name, required: true, minLength: 1, maxLength: 255, oidcClaim: name }
`,
  'plans/basic.yaml': `name: Basic
description: 100 calls an hour
needsApproval: false
group: null
plugins:
  - { name: rate-limiting, config: { hour: 100 } }
`,
  'plans/unlimited.yaml': 'name: Unlimited\n',
  'apis/orders/api.yaml': `name: Orders
summary: Read and place orders
auth: oauth2
authMethods: [local, corporate]
plans: [basic, unlimited]
group: null
partner: false
deprecated: false
bundle: null
tags: [erp]
registrationPool: customers
hideCredentials: true
oauth2:
  grants: [authorization_code, refresh_token, client_credentials]
  scopes: { read: Read orders, write: Place orders }
  mandatoryScope: false
  accessTokenTtl: 3600
  refreshTokenTtl: 14d
  refreshTokenMaxAge: 365d
  tokenFormat: opaque
  spaRefreshTokens: false
  passthroughUsers: false
  passthroughScopeUrl: null
  scopeLookupUrl: null
upstream:
  url: \${ORDERS_URL:-http://localhost:9001}
  connectTimeout: 5s
  timeout: 60s
  firstByteTimeout: 30s
  idleTimeout: 60s
  totalTimeout: 10m
  maxConnectionAge: 5m
  maxConnections: 100
  maxWaiting: 50
  waitTimeout: 2s
  retries: 1
maxBodySize: 10mb
webSocket: { origins: ["https://app.example.com", "*"], idleTimeout: 60s }
routes:
  - { paths: [/orders/v1], stripPath: true, preserveHost: false, methods: [], hosts: [], scopes: [], maxBodySize: 1mb }
plugins:
  - { name: correlation-id }
  - { name: cors, config: { origins: ["*"] } }
`,
  'apis/reports/api.yaml': `name: Reports
auth: [key-auth]
plans: [basic]
upstream:
  targets: [{ url: http://localhost:9002, weight: 2 }, { url: http://localhost:9003 }]
  balance: hash
  hashBy: header:X-Tenant
  retryBudget: { percent: 20, perSecond: 3 }
  circuitBreaker: { enabled: true, failures: 5, failureStatuses: [502, 503, 504], openFor: 10s, longestOpen: 5m, probes: 1 }
  healthCheck: { path: /healthz, interval: 10s, timeout: 2s, healthyAfter: 2, unhealthyAfter: 3, expectedStatuses: [200] }
routes: [{ paths: [/reports] }]
`,
  'apis/stock/api.yaml': null,
  'apis/status/api.yaml': null,
  'applications/shop.yaml': null,
  'applications/demo.yaml': `name: Demo shop
clientType: confidential
redirectUris: [http://localhost:9000/callback]
owners: [{ email: admin@example.com, role: owner }]
subscriptions:
  - { api: orders, plan: basic, trusted: false, allowedScopes: all, clientId: demo-orders, clientSecret: "\${DEMO_SECRET:-demo-secret}" }
  - { api: reports, plan: basic, apiKey: "\${DEMO_KEY:-demo-key}" }
`,
};

test('every key of the format has its place; those of features not built yet, and nothing else, are refused', async () => {
  const outcome = await withFolder(WHOLE, (folder) => loadConfig(folder, {}));
  expect(outcome.ok ? [] : formatFaults(outcome.faults).split('\n')).toEqual([]);
});
