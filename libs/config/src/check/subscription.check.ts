import { schemesOf } from '../compile/schemes.js';
import type { Draft, Part } from '../decode/draft.js';
import type { ApiFile } from '../schema/api.schema.js';
import type { ApplicationFile, SubscriptionSection } from '../schema/application.schema.js';
import { didYouMean } from '../source/nearest-word.js';
import type { DraftCheck } from './draft-check.js';
import { hasLookedUpScopes } from './looked-up-scopes.js';
import { explainUnknown } from './reference.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

type ReportKey = (key: string | readonly (string | number)[], message: string) => void;

/** Each subscription names an API, one of its plans, and the credentials that the API takes. */
export const checkSubscriptions: DraftCheck = (draft, report) => {
  for (const application of draft.applications.values()) {
    const { subscriptions } = application.value;
    for (const [index, subscription] of subscriptions.entries()) {
      const reportKey: ReportKey = (key, message) =>
        report(application, ['subscriptions', index, ...(typeof key === 'string' ? [key] : key)], message);
      if (subscription.api !== undefined && subscriptions.findIndex(({ api }) => api === subscription.api) !== index) {
        reportKey('api', `subscribes to "${subscription.api}" twice: an application has one subscription for each API`);
      }
      checkSubscription(draft, application, subscription, reportKey);
    }
  }
};

function checkSubscription(draft: Draft, application: Part<ApplicationFile>, subscription: SubscriptionSection, report: ReportKey): void {
  if (subscription.api === undefined) return;
  const api = draft.apis.get(subscription.api);
  if (api === undefined) {
    report('api', explainUnknown('API', subscription.api, draft.apis, 'apis/'));
    return;
  }
  if (api.unreadable || api.value.auth === undefined) return;
  const schemes = schemesOf(api.value.auth);
  if (schemes.length === 0) {
    report('api', `"${api.id}" is open to everyone: remove this subscription`);
    return;
  }
  checkPlan(draft, api, subscription, report);
  checkClient(application, api, subscription, report);
  checkKey(api, subscription, report);
  checkAllowedScopes(api, subscription, report);
  if (schemes.length > 1 && subscription.clientId === undefined && subscription.apiKey === undefined) {
    report([], `must have clientId or apiKey: API "${api.id}" takes either`);
  }
}

function checkPlan(draft: Draft, api: Part<ApiFile>, { plan }: SubscriptionSection, report: ReportKey): void {
  // An API that lists no plan at all has a fault of its own.
  if (plan === undefined || api.value.plans.length === 0 || api.value.plans.includes(plan)) return;
  if (!draft.plans.has(plan)) report('plan', explainUnknown('plan', plan, draft.plans, 'plans/'));
  else report('plan', `API "${api.id}" does not list the plan "${plan}": use one of ${api.value.plans.join(', ')}, or list it there`);
}

function checkClient(application: Part<ApplicationFile>, api: Part<ApiFile>, subscription: SubscriptionSection, report: ReportKey): void {
  const { clientId, clientSecret } = subscription;
  if (!schemesOf(api.value.auth).includes('oauth2')) {
    for (const key of ['clientId', 'clientSecret'] as const) {
      if (subscription[key] !== undefined) report(key, `API "${api.id}" takes no tokens: remove this key, and give an apiKey`);
    }
    if (subscription.trusted) report('trusted', `API "${api.id}" takes no tokens, so that there is no consent to skip: remove this key`);
    return;
  }
  const { clientType } = application.value;
  if (clientId === undefined && !schemesOf(api.value.auth).includes('key-auth'))
    report('clientId', `is missing: API "${api.id}" takes tokens, so give this client an id`);
  // RFC 9068 §5: who reads `sub` of a token must not take a client for a person.
  if (clientId !== undefined && UUID.test(clientId)) report('clientId', 'has the form of the ids of people (a UUID): give another one');
  if (clientSecret !== undefined && clientId === undefined) report('clientSecret', 'belongs to a clientId: add one, or remove this key');
  if (clientSecret !== undefined && clientType?.startsWith('public_')) {
    report('clientSecret', `a ${clientType} client cannot keep a secret: remove this key, or set clientType to confidential`);
  }
  if (clientId !== undefined && clientSecret === undefined && clientType === 'confidential') {
    report(
      'clientSecret',
      'is missing: a confidential client has one; give a variable such as "${SHOP_SECRET}", or set clientType to public_spa or public_native',
    );
  }
}

function checkKey(api: Part<ApiFile>, { apiKey }: SubscriptionSection, report: ReportKey): void {
  const schemes = schemesOf(api.value.auth);
  if (apiKey !== undefined && !schemes.includes('key-auth'))
    report('apiKey', `API "${api.id}" takes no keys: remove this key, and give a clientId`);
  if (apiKey === undefined && !schemes.includes('oauth2'))
    report('apiKey', `is missing: API "${api.id}" takes keys, so give one, such as "\${SHOP_KEY}"`);
}

function checkAllowedScopes(api: Part<ApiFile>, { allowedScopes }: SubscriptionSection, report: ReportKey): void {
  if (!Array.isArray(allowedScopes) || hasLookedUpScopes(api)) return;
  const scopes = Object.keys(api.value.oauth2?.scopes ?? {});
  for (const [index, scope] of allowedScopes.entries()) {
    if (scopes.includes(scope)) continue;
    const remedy = didYouMean(scope, scopes) || `: ${scopes.length > 0 ? `use ${scopes.join(', ')}` : 'it has none'}`;
    report(['allowedScopes', index], `API "${api.id}" has no scope "${scope}"${remedy}`);
  }
}
