/**
 * Grant `password` (RFC 6749 §4.3): a person's name and password become tokens. Only where the API names it, and only for trusted
 * subscriptions: "there is a high degree of trust between the resource owner and the client". RFC 9700 §2.4 advises against it.
 */
import { randomUUID } from 'node:crypto';
import type { Registry } from '#config/registry-holder.js';
import type { AuditStore } from '#persistence/audit/audit.store.js';
import type { RegistrationStore } from '#persistence/registration/registration.store.js';
import type { TokenFamilyStore } from '#persistence/token/token-family.store.js';
import { IDENTITY_SCOPES } from '../../../claims/claims-of.js';
import type { ConfiguredAuthMethods } from '../../../login/configured-auth-methods.js';
import type { LoginAttempts } from '../../../login/login-attempts.js';
import { OAuthError } from '../../../protocol/oauth-error.js';
import { decideScopes, describeScopeRefusal } from '../../../protocol/scope.js';
import { decideRegistration } from '../../../registration/decide-registration.js';
import { scopeDecisionUnavailable } from '../../../scope-decision/scope-decision-unavailable.js';
import type { ScopeDecisions } from '../../../scope-decision/scope-decisions.js';
import type { TokenMint } from '../../token-mint.js';
import type { GrantCall, GrantType, TokenResponse } from '../grant-type.js';

export interface PasswordGrantDeps {
  readonly families: TokenFamilyStore;
  readonly mint: TokenMint;
  readonly methods: ConfiguredAuthMethods;
  readonly attempts: LoginAttempts;
  readonly decisions: ScopeDecisions;
  readonly audit: AuditStore;
  readonly registrations: RegistrationStore;
  readonly registry: Registry;
}

export function passwordGrant(deps: PasswordGrantDeps): GrantType {
  return {
    name: 'password',
    requiredParameters: ['username', 'password'],
    mayUse: (client) => client.trusted,
    exchange: (call) => logIn(deps, call),
  };
}

async function logIn(deps: PasswordGrantDeps, call: GrantCall): Promise<TokenResponse> {
  const { families, mint, methods, attempts, decisions, audit } = deps;
  const { issuer, client, parameters, address } = call;
  const authMethodId = issuer.authMethod.id;
  const method = methods.get(authMethodId);
  if (method?.kind !== 'password') throw new OAuthError('unauthorized_client', 'This auth method cannot check a password');
  const { scopes: known, mandatoryScope: mandatory } = issuer.oauth2;
  const decision = decideScopes(parameters.get('scope'), {
    known,
    allowed: client.allowedScopes,
    trusted: client.trusted,
    identity: IDENTITY_SCOPES,
    mandatory,
  });
  if ('refused' in decision) throw new OAuthError('invalid_scope', describeScopeRefusal(decision));

  const email = parameters.get('username') ?? '';
  const password = parameters.get('password') ?? '';
  const attempt = { authMethodId, email, password, address };
  const outcome = await attempts.verify(attempt, () => method.verifyPassword(email, password));
  // RFC 6749 §5.2; the same for a wrong password and for an unknown person.
  if (!outcome.verified) throw new OAuthError('invalid_grant', 'Name or password is wrong', { detail: outcome.reason });
  if (outcome.mustChangePassword) throw new OAuthError('invalid_grant', 'The person must set a new password first');

  const { userId, passwordHash } = outcome.identity;
  const namespace = await checkRegistration(deps, call, userId);
  const asked = { issuer, client, userId, scopes: decision.granted, namespace, grant: 'password', address } as const;
  const decided = await decisions.decide(asked);
  if (decided.outcome === 'unavailable') throw scopeDecisionUnavailable();
  if (decided.outcome === 'refuse') {
    await audit.record([decided.event]);
    throw new OAuthError('access_denied', decided.message);
  }

  const { scopes, authenticatedUserid } = decided;
  const { groups } = outcome;
  const begun = { familyId: randomUUID(), authenticatedAt: new Date(), nonce: null, begins: true } as const;
  const person = { userId, authenticatedUserid, namespace, groups, ...begun };
  const { response, rows } = await mint.forPerson(call, scopes, person);
  const poolId = issuer.api.registrationPool;
  const grounds = { consent: null, registration: poolId === null ? null : { poolId, namespace } };
  const family = { ...person, subscriptionId: client.subscriptionId, authMethodId, passwordHash, grounds };
  const isStored = await families.begin(family, rows, { clientId: client.clientId, address }, 'password');
  if (!isStored) {
    await attempts.recordChangedMeanwhile(attempt);
    throw new OAuthError('invalid_grant', 'Name or password is wrong', { detail: 'changed meanwhile' });
  }
  return response;
}

/** W6, W7: there is no page here on which a person could register or choose, so that is done before, or said by `namespace`. */
const REGISTRATION_FAULTS = {
  register: 'The person has to register first, by the authorization endpoint',
  choose: 'The person is registered in several namespaces: send namespace',
  refuse: 'The person is not registered for this API, or not in this namespace',
} as const;

/** @returns the namespace that the tokens are for; null where the API has none */
async function checkRegistration({ registrations, registry }: PasswordGrantDeps, call: GrantCall, userId: string): Promise<string | null> {
  const pool = registry.snapshot.pools.get(call.issuer.api.registrationPool ?? '') ?? null;
  const registered = pool === null ? [] : await registrations.listOfPool(userId, pool.id);
  const decision = decideRegistration({
    pool,
    registered: registered.map(({ namespace }) => namespace),
    requested: call.parameters.get('namespace') ?? null,
    chosen: null,
  });
  if (decision.need !== 'nothing') throw new OAuthError('invalid_grant', REGISTRATION_FAULTS[decision.need]);
  return decision.namespace;
}
