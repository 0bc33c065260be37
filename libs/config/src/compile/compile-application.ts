import { hashToken } from '#secrets/token.js';
import type { Part } from '../decode/draft.js';
import type { ClientType, DeclaredApplication, DeclaredSubscription } from '../registry.js';
import type { ApplicationFile, OwnerSection, SubscriptionSection } from '../schema/application.schema.js';

type Owner = DeclaredApplication['owners'][number];

export function compileApplication({ id, value: application }: Part<ApplicationFile>): DeclaredApplication {
  return {
    id,
    name: application.name,
    clientType: application.clientType as ClientType,
    redirectUris: [...application.redirectUris],
    owners: application.owners.map(compileOwner),
    subscriptions: application.subscriptions.map(compileSubscription),
  };
}

function compileOwner({ email, role }: OwnerSection): Owner {
  return { email: email.toLowerCase(), role: role as Owner['role'] };
}

function compileSubscription(subscription: SubscriptionSection): DeclaredSubscription {
  const { api, plan, trusted, clientId, clientSecret, apiKey } = subscription;
  return {
    api,
    plan,
    trusted,
    allowedScopes: compileAllowedScopes(subscription.allowedScopes),
    clientId: clientId ?? null,
    clientSecretHashes: [...new Set([clientSecret ?? []].flat())].map(hashToken),
    apiKeyHash: apiKey === undefined ? null : hashToken(apiKey),
  };
}

function compileAllowedScopes(allowed: string | readonly string[]): readonly string[] | null {
  if (allowed === 'all') return null;
  return Array.isArray(allowed) ? [...new Set(allowed as readonly string[])] : [];
}
