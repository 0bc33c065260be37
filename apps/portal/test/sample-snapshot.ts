/** A registry snapshot written by hand, for tests of what pages make of it. */
import type { Api, Plan, RegistrySnapshot } from '#config/registry.js';

export function sampleApi(over: Partial<Api> = {}): Api {
  return {
    id: 'orders',
    name: 'Orders',
    summary: 'Read and place orders',
    description: '',
    openapi: null,
    auth: ['oauth2'],
    authMethods: ['local', 'corporate', 'staff'],
    plans: ['basic', 'unlimited'],
    group: null,
    partner: false,
    deprecated: false,
    bundle: null,
    tags: ['erp', 'sales'],
    registrationPool: null,
    hideCredentials: true,
    oauth2: {
      grants: ['authorization_code', 'refresh_token'],
      scopes: new Map([
        ['read', 'Read orders'],
        ['write', 'Place and change orders'],
      ]),
      mandatoryScope: false,
      accessTokenTtl: 3600,
      refreshTokenTtl: 1_209_600,
      tokenFormat: 'opaque',
      refreshTokenMaxAge: 31_536_000,
      spaRefreshTokens: false,
      scopeLookupUrl: null,
      scopesKnown: true,
      passthroughUsers: false,
      passthroughScopeUrl: null,
    },
    upstream: {
      targets: [{ url: 'http://127.0.0.1:9', weight: 1 }],
      balance: 'weighted',
      hashBy: { kind: 'consumer' },
      connectTimeout: 1000,
      firstByteTimeout: 1000,
      idleTimeout: 1000,
      totalTimeout: 0,
      maxConnectionAge: 300_000,
      maxConnections: 0,
      maxWaiting: 100,
      waitTimeout: 5_000,
      tls: null,
      rewrite: null,
      retries: 0,
      retryBudget: { percent: 20, perSecond: 3 },
      circuitBreaker: null,
      healthCheck: null,
    },
    webSocket: { origins: [], idleTimeout: 60_000 },
    routes: [
      { paths: ['/orders/v1'], stripPath: true, preserveHost: false, methods: [], hosts: [], scopes: [], maxBodySize: null, plugins: [] },
    ],
    plugins: [],
    ...over,
  };
}

export function samplePlan(over: Partial<Plan> = {}): Plan {
  return {
    id: 'basic',
    name: 'Basic',
    description: 'For a start',
    needsApproval: false,
    group: null,
    plugins: [{ name: 'rate-limiting', config: { hour: 100 } }],
    ...over,
  };
}

const method = (id: string, name: string, description: string, rest: object = {}) => ({
  id,
  type: 'local',
  name,
  description,
  enabled: true,
  protected: false,
  config: {},
  ...rest,
});

export function sampleSnapshot(apis: readonly Api[] = [sampleApi()], over: Partial<RegistrySnapshot> = {}): RegistrySnapshot {
  const plans = [samplePlan(), samplePlan({ id: 'unlimited', name: 'Unlimited', needsApproval: true, plugins: [] })];
  const methods = [
    method('local', 'Email and password', 'For customers'),
    method('corporate', 'Acme account', 'For people who work here'),
    method('staff', 'Staff only', 'Hidden', { protected: true }),
  ];
  return {
    fingerprint: '0'.repeat(64),
    title: 'Acme APIs',
    publicUrls: { gateway: 'http://localhost:8000', auth: 'http://localhost:8010', portal: 'http://localhost:8020' },
    portal: { authMethods: ['local'], signup: true, theme: { color: '#0b5fff', logo: null } },
    apiKeyHeader: 'x-apikey',
    trustedProxies: [],
    certificates: [],
    mail: { from: 'no-reply@localhost', url: null },
    auditRetention: 31_536_000,
    accessLog: null,
    slowCallThreshold: 10_000,
    plugins: [],
    groups: new Map([['partners', { id: 'partners', name: 'Partners', admin: false, approver: false, aliases: [] }]]),
    pools: new Map(),
    authMethods: new Map(methods.map((entry) => [entry.id, entry])),
    plans: new Map(plans.map((plan) => [plan.id, plan])),
    apis: new Map(apis.map((api) => [api.id, api])),
    declared: { users: [], applications: [] },
    ...over,
  };
}
