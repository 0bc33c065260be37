import { extname } from 'node:path';
import type { Draft, Part } from '../decode/draft.js';
import type { AuthMethodEntry, DeclaredUser, Group, MailSettings, Plan, Pool, RegistrySnapshot, ThemeLogo } from '../registry.js';
import type { AuthMethodFile } from '../schema/auth-method.schema.js';
import type { GroupSection } from '../schema/group.schema.js';
import type { InitialUserSection, InstallationFile, PublicUrlsSection } from '../schema/installation.schema.js';
import type { PlanFile } from '../schema/plan.schema.js';
import type { PoolFile } from '../schema/pool.schema.js';
import { parseDuration } from '../schema/quantity.decorator.js';
import { SecretText } from '../secret-text.js';
import { compileAccessLog } from './compile-access-log.js';
import { compileApi } from './compile-api.js';
import { compileApplication } from './compile-application.js';
import { compilePlugins } from './compile-plugins.js';
import { deepFreeze, FrozenMap } from './frozen-map.js';

/** What the environment says over the folder. */
export interface ConfigOverrides {
  readonly publicUrls?: { readonly gateway?: string | undefined; readonly auth?: string | undefined; readonly portal?: string | undefined };
}

/** Compiles a draft that has no faults. */
export function compileRegistry(draft: Draft, fingerprint: string, overrides: ConfigOverrides): RegistrySnapshot {
  const { value: installation } = draft.installation as Part<InstallationFile>;
  const { portal } = installation;
  const snapshot: RegistrySnapshot = {
    fingerprint,
    title: installation.title,
    publicUrls: compilePublicUrls(installation.publicUrls, overrides),
    portal: {
      authMethods: portal.authMethods.filter((id) => draft.authMethods.get(id)?.value.enabled),
      signup: portal.signup,
      theme: { color: portal.theme.color, logo: compileLogo(portal.theme.logo, draft.images) },
    },
    apiKeyHeader: installation.apiKeyHeader.toLowerCase(),
    trustedProxies: [...installation.trustedProxies],
    certificates: (installation.tls?.certificates ?? []).map(({ cert, key }) => ({ cert, key })),
    mail: compileMail(installation, overrides),
    auditRetention: (parseDuration(installation.audit.retention) as number) / 1_000,
    accessLog: compileAccessLog(installation.accessLog),
    slowCallThreshold: parseDuration(installation.slowCalls.threshold) as number,
    plugins: compilePlugins(installation.plugins),
    groups: compileEach(draft.groups ?? new Map(), compileGroup),
    authMethods: compileEach(draft.authMethods, compileAuthMethod),
    pools: compileEach(draft.pools, compilePool),
    plans: compileEach(draft.plans, compilePlan),
    apis: compileEach(draft.apis, (api) => compileApi(api, draft)),
    declared: {
      users: installation.initialUsers.map(compileUser),
      applications: [...draft.applications.values()].map(compileApplication),
    },
  };
  return deepFreeze(snapshot);
}

function compileEach<T, C>(parts: ReadonlyMap<string, Part<T>>, compile: (part: Part<T>) => C): FrozenMap<string, C> {
  return new FrozenMap([...parts].map(([id, part]) => [id, compile(part)] as const));
}

function compilePublicUrls(urls: PublicUrlsSection, { publicUrls = {} }: ConfigOverrides): RegistrySnapshot['publicUrls'] {
  const base = (override: string | undefined, url: string): string => (override ?? url).replace(/\/+$/, '');
  return {
    gateway: base(publicUrls.gateway, urls.gateway),
    auth: base(publicUrls.auth, urls.auth),
    portal: base(publicUrls.portal, urls.portal),
  };
}

/** Without an address to send from, mails come from the host of the auth-server. */
function compileMail({ mail, publicUrls }: InstallationFile, overrides: ConfigOverrides): MailSettings {
  const { hostname } = new URL(compilePublicUrls(publicUrls, overrides).auth);
  return { from: mail?.from ?? `no-reply@${hostname}`, url: mail?.url ? new SecretText(mail.url) : null };
}

const IMAGE_TYPES: Readonly<Record<string, string>> = {
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.webp': 'image/webp',
  '.gif': 'image/gif',
};

function compileLogo(name: string | undefined, images: ReadonlyMap<string, Buffer>): ThemeLogo | null {
  const bytes = name === undefined ? undefined : images.get(name);
  if (name === undefined || bytes === undefined) return null;
  return { contentType: IMAGE_TYPES[extname(name).toLowerCase()] ?? 'application/octet-stream', bytes };
}

function compileGroup({ id, value }: Part<GroupSection>): Group {
  return { id, name: value.name, admin: value.admin, approver: value.approver, aliases: [...value.aliases] };
}

function compileAuthMethod({ id, value }: Part<AuthMethodFile>): AuthMethodEntry {
  return {
    id,
    type: value.type,
    name: value.name,
    description: value.description,
    enabled: value.enabled,
    protected: value.protected,
    config: value.config,
  };
}

function compilePool({ id, value }: Part<PoolFile>): Pool {
  return {
    id,
    name: value.name,
    requiresNamespace: value.requiresNamespace,
    disableRegister: value.disableRegister,
    properties: value.properties.map((property) => ({
      id: property.id,
      description: property.description,
      required: property.required,
      minLength: property.minLength,
      maxLength: property.maxLength,
      oidcClaim: property.oidcClaim ?? null,
    })),
  };
}

function compilePlan({ id, value }: Part<PlanFile>): Plan {
  return {
    id,
    name: value.name,
    description: value.description,
    needsApproval: value.needsApproval,
    group: value.group ?? null,
    plugins: compilePlugins(value.plugins),
  };
}

function compileUser({ email, password, groups, validated, mustChangePassword }: InitialUserSection): DeclaredUser {
  return { email: email.toLowerCase(), password: new SecretText(password), groups: [...groups], validated, mustChangePassword };
}
