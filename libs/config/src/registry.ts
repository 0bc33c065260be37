/**
 * The registry snapshot: what a config folder says, compiled. Deeply frozen, swapped as a whole at a reload; a request keeps the
 * snapshot that it started with. Every reference between parts (plan of an API, group of a plan, …) was checked when it was made.
 */
import type { AccessLogField } from './access-log-field.js';
import type { SecretText } from './secret-text.js';

export type AuthScheme = 'oauth2' | 'key-auth';
export type ClientType = 'confidential' | 'public_spa' | 'public_native';
export type GrantName =
  | 'authorization_code'
  | 'refresh_token'
  | 'client_credentials'
  | 'implicit'
  | 'password'
  | 'urn:ietf:params:oauth:grant-type:device_code';

export interface RegistrySnapshot {
  /** SHA-256 (hex) over every file of the folder and every variable that was used: equal fingerprints mean equal snapshots. */
  readonly fingerprint: string;
  readonly title: string;
  /** Base URLs without a trailing slash. */
  readonly publicUrls: { readonly gateway: string; readonly auth: string; readonly portal: string };
  readonly portal: PortalSettings;
  /** Name of the request header that carries an API key, lower-case. */
  readonly apiKeyHeader: string;
  /** CIDRs of the peers whose X-Forwarded-* fields count. */
  readonly trustedProxies: readonly string[];
  /** Of the gateway's public port; empty: it does not speak TLS. */
  readonly certificates: readonly CertificateFiles[];
  readonly mail: MailSettings;
  /** Seconds that events stay in the audit log. */
  readonly auditRetention: number;
  /** null: none is written. */
  readonly accessLog: AccessLogSettings | null;
  /** Milliseconds after which a call without an answer is slow. */
  readonly slowCallThreshold: number;
  /** Plugins of the whole installation. */
  readonly plugins: readonly PluginEntry[];
  readonly groups: ReadonlyMap<string, Group>;
  readonly authMethods: ReadonlyMap<string, AuthMethodEntry>;
  readonly pools: ReadonlyMap<string, Pool>;
  readonly plans: ReadonlyMap<string, Plan>;
  readonly apis: ReadonlyMap<string, Api>;
  /** What the folder declares of the things that otherwise come into being at run time; upserted into the database. */
  readonly declared: { readonly users: readonly DeclaredUser[]; readonly applications: readonly DeclaredApplication[] };
}

/** Absolute paths of PEM files. */
export interface CertificateFiles {
  readonly cert: string;
  readonly key: string;
}

export interface PortalSettings {
  /** Ids of the auth methods by which people log in to the portal. */
  readonly authMethods: readonly string[];
  readonly signup: boolean;
  readonly theme: { readonly color: string; readonly logo: ThemeLogo | null };
}

/** The installation's logo, read from the config folder. */
export interface ThemeLogo {
  readonly contentType: string;
  readonly bytes: Buffer;
}

export interface MailSettings {
  /** Address, or name and address, that mails come from. */
  readonly from: string;
  /** Of the mail server; null: mails are written to the log. */
  readonly url: SecretText | null;
}

export interface AccessLogSettings {
  /** Absolute path; null: standard output. */
  readonly file: string | null;
  readonly fields: readonly AccessLogField[];
  /** Share of the calls that get a line, 0 to 1. */
  readonly sample: number;
  /** Milliseconds from which on a call gets a line always; infinite: it takes more than time. */
  readonly slowerThan: number;
}

export interface Group {
  readonly id: string;
  readonly name: string;
  readonly admin: boolean;
  readonly approver: boolean;
  readonly aliases: readonly string[];
}

export interface AuthMethodEntry {
  readonly id: string;
  readonly type: string;
  readonly name: string;
  readonly description: string;
  readonly enabled: boolean;
  /** Hidden on API pages but for administrators. */
  readonly protected: boolean;
  /** Instance of the config class of the auth method's type. */
  readonly config: object;
}

export interface PluginEntry {
  readonly name: string;
  /** Instance of the plugin's config class, defaults filled in. */
  readonly config: object;
}

/** What an API asks of its people, once each. */
export interface Pool {
  readonly id: string;
  readonly name: string;
  /** Registrations belong to a namespace, such as a tenant; who is in which is for the operator to say. */
  readonly requiresNamespace: boolean;
  /** People cannot register by themselves. */
  readonly disableRegister: boolean;
  readonly properties: readonly PoolProperty[];
}

export interface PoolProperty {
  readonly id: string;
  /** Label in the form; empty: the id. */
  readonly description: string;
  readonly required: boolean;
  /** Characters; an empty value of a property that is not required is not held against it. */
  readonly minLength: number;
  readonly maxLength: number;
  /** OpenID Connect claim in which the property appears. */
  readonly oidcClaim: string | null;
}

export interface Plan {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly needsApproval: boolean;
  /** Group whose members alone may take the plan. */
  readonly group: string | null;
  readonly plugins: readonly PluginEntry[];
}

export interface Api {
  readonly id: string;
  readonly name: string;
  readonly summary: string;
  /** Markdown of `description.md`; empty where there is none. */
  readonly description: string;
  /** Text of `openapi.yaml`; null where there is none. */
  readonly openapi: string | null;
  /** Accepted credentials; empty: the API is open to everyone. */
  readonly auth: readonly AuthScheme[];
  /** Ids of the enabled auth methods. */
  readonly authMethods: readonly string[];
  readonly plans: readonly string[];
  readonly group: string | null;
  readonly partner: boolean;
  readonly deprecated: boolean;
  readonly bundle: string | null;
  readonly tags: readonly string[];
  /** Id of the pool in which people of the API are registered. */
  readonly registrationPool: string | null;
  /** Strip key or token before the upstream. */
  readonly hideCredentials: boolean;
  /** Present where `auth` has `oauth2`. */
  readonly oauth2: OAuth2Settings | null;
  readonly upstream: Upstream;
  readonly webSocket: WebSocketSettings;
  readonly routes: readonly Route[];
  readonly plugins: readonly PluginEntry[];
}

export interface OAuth2Settings {
  readonly grants: readonly GrantName[];
  /** Scope → description, in the order of the file; then those that were looked up. */
  readonly scopes: ReadonlyMap<string, string>;
  /** A service that lists further scopes of the API; null: there are none. */
  readonly scopeLookupUrl: CallOutUrl | null;
  /** false: there are further scopes, and nobody could say so far which. */
  readonly scopesKnown: boolean;
  /** An authorization request must name a scope. */
  readonly mandatoryScope: boolean;
  /** Seconds. */
  readonly accessTokenTtl: number;
  /** Seconds. */
  readonly refreshTokenTtl: number;
  readonly tokenFormat: 'opaque' | 'jwt';
  /** Seconds from the authorization on after which no refresh token of it lives. */
  readonly refreshTokenMaxAge: number;
  /** Refresh tokens for public_spa clients. */
  readonly spaRefreshTokens: boolean;
  /** The API is told who a person is by `passthroughScopeUrl` alone, and nothing of their account. */
  readonly passthroughUsers: boolean;
  /** Decides on each authorization of a person; null: nobody but the person. */
  readonly passthroughScopeUrl: CallOutUrl | null;
}

/** A service of the operator's that is asked by HTTP. */
export interface CallOutUrl {
  /** Without user name and password. */
  readonly url: string;
  /** Value of the field `Authorization` (Basic); null: the URL had no user name and password. */
  readonly authorization: SecretText | null;
}

export interface WebSocketSettings {
  /** Origins (RFC 6454) whose pages may connect; `*`: all. */
  readonly origins: readonly string[];
  /** Milliseconds that an end may say nothing. */
  readonly idleTimeout: number;
}

export interface Upstream {
  /** At least one; a single `url` is one target of weight 1. */
  readonly targets: readonly { readonly url: string; readonly weight: number }[];
  readonly balance: 'weighted' | 'least-connections' | 'hash';
  /** Counts with `balance: hash`. */
  readonly hashBy: HashKey;
  /** Milliseconds. */
  readonly connectTimeout: number;
  /** Milliseconds until the upstream's response begins, and between two pieces of its body. */
  readonly firstByteTimeout: number;
  readonly idleTimeout: number;
  /** Milliseconds for the whole call; 0: no limit. */
  readonly totalTimeout: number;
  /** Milliseconds. */
  readonly maxConnectionAge: number;
  /** Per target; 0: as many as are needed. */
  readonly maxConnections: number;
  readonly maxWaiting: number;
  /** Milliseconds. */
  readonly waitTimeout: number;
  /** null: the system's authorities, and no certificate of our own. */
  readonly tls: UpstreamTls | null;
  /** null: no cookie and no Location is rewritten by rule. */
  readonly rewrite: ResponseRewrite | null;
  readonly retries: number;
  /** Retries for a hundred calls of the last ten seconds, and those a second that may be made anyway. */
  readonly retryBudget: { readonly percent: number; readonly perSecond: number };
  /** null: targets whose calls fail stay in use. */
  readonly circuitBreaker: CircuitBreaker | null;
  readonly healthCheck: HealthCheck | null;
}

/** What clients get in place of what an upstream says of itself; of each list the first rule that fits counts. */
export interface ResponseRewrite {
  /** Lower-case; `from` may be `*`. `to` null: the attribute goes. */
  readonly cookieDomains: readonly { readonly from: string; readonly to: string | null }[];
  /** Prefixes on segment borders, without a slash at their end. */
  readonly cookiePaths: readonly { readonly from: string; readonly to: string }[];
  /** The same; `to` is a URL, or a path on the host of the call. */
  readonly locations: readonly { readonly from: string; readonly to: string }[];
}

/** PEM. */
export interface UpstreamTls {
  /** null: those of the system. */
  readonly ca: string | null;
  readonly identity: { readonly cert: string; readonly key: SecretText } | null;
  /** null: the host of the target's URL. */
  readonly serverName: string | null;
}

/** What calls have in common that go to the same target. */
export type HashKey = { readonly kind: 'consumer' | 'address' } | { readonly kind: 'header'; readonly name: string };

export interface CircuitBreaker {
  /** In a row. */
  readonly failures: number;
  readonly failureStatuses: readonly number[];
  /** Milliseconds. */
  readonly openFor: number;
  readonly longestOpen: number;
  readonly probes: number;
}

export interface HealthCheck {
  /** From the root of the target on, with its query. */
  readonly path: string;
  /** Milliseconds. */
  readonly interval: number;
  readonly timeout: number;
  readonly healthyAfter: number;
  readonly unhealthyAfter: number;
  /** Empty: 200 to 299. */
  readonly expectedStatuses: readonly number[];
}

export interface Route {
  /** Normalised prefixes, each beginning with `/`, none ending with it but `/` itself. */
  readonly paths: readonly string[];
  readonly stripPath: boolean;
  readonly preserveHost: boolean;
  /** Upper-case; empty: every method. */
  readonly methods: readonly string[];
  /** Lower-case host names without a port; empty: every host. */
  readonly hosts: readonly string[];
  /** Demanded in addition to the credential. */
  readonly scopes: readonly string[];
  /** Bytes of a request's body; null: any number. */
  readonly maxBodySize: number | null;
  readonly plugins: readonly PluginEntry[];
}

export interface DeclaredUser {
  /** Lower-case. */
  readonly email: string;
  readonly password: SecretText;
  readonly groups: readonly string[];
  readonly validated: boolean;
  /** The password is the first one only: the person chooses their own, which then counts. */
  readonly mustChangePassword: boolean;
}

export interface DeclaredApplication {
  readonly id: string;
  readonly name: string;
  readonly clientType: ClientType;
  readonly redirectUris: readonly string[];
  readonly owners: readonly { readonly email: string; readonly role: 'owner' | 'collaborator' | 'reader' }[];
  readonly subscriptions: readonly DeclaredSubscription[];
}

export interface DeclaredSubscription {
  readonly api: string;
  readonly plan: string;
  readonly trusted: boolean;
  /** null: all scopes of the API; empty: none. */
  readonly allowedScopes: readonly string[] | null;
  readonly clientId: string | null;
  /** SHA-256 of each client secret; empty: none. */
  readonly clientSecretHashes: readonly Buffer[];
  /** SHA-256 of the API key. */
  readonly apiKeyHash: Buffer | null;
}
