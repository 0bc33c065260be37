import type { Logger } from '#process/logger.js';
import type { CredentialResolver } from '../credential/credential-resolver.js';
import { LookupsFullError } from '../credential/lookup-gate.js';
import type { ResolvedCredential } from '../credential/resolved-credential.js';
import type { CallRoute } from '../route/call-table.js';
import type { Challenges } from '../route/challenge.js';
import { authorizeCall } from './authorize-call.js';
import { extractCredential } from './extract-credential.js';
import type { GatewayCall } from './gateway-call.js';
import { REFUSALS, type Refusal, refuseCredentialFault, refuseDenied, refuseMethod, refuseMissing } from './refusal.js';

/** Learns who calls, and whether they may. @returns null: go on; at once where the credential is cached or none is needed */
export function resolveCaller(
  call: GatewayCall,
  credentials: CredentialResolver,
  logger: Logger,
): Refusal | null | Promise<Refusal | null> {
  if (call.allow !== null) return refuseMethod(call.allow);
  const { api } = call.route as CallRoute;
  if (!api.acceptsToken && !api.acceptsKey) return null;
  const extracted = extractCredential(api, call.fields, call.query);
  if (extracted.kind === 'none') return refuseMissing(challengesOf(call));
  if (extracted.kind === 'fault') return refuseCredentialFault(extracted.fault, challengesOf(call));
  const { kind, secret } = extracted;
  const resolved = credentials.resolve(kind, secret);
  if (!(resolved instanceof Promise)) return admit(call, kind, resolved);
  return resolved.then(
    (credential) => admit(call, kind, credential),
    (error: Error) => {
      if (error instanceof LookupsFullError) return REFUSALS.lookupsFull;
      logger.warn({ correlationId: call.correlationId, error: error.message }, 'A credential cannot be looked up.');
      // Not knowing is no reason to call a credential bad (BEHAVIOURS 53).
      return REFUSALS.storeUnreachable;
    },
  );
}

function challengesOf(call: GatewayCall): Challenges {
  return (call.route as CallRoute).challenges.get(call.prefix) as Challenges;
}

function admit(call: GatewayCall, kind: 'token' | 'key', credential: ResolvedCredential | null): Refusal | null | Promise<Refusal | null> {
  const route = call.route as CallRoute;
  const now = Date.now();
  if (credential !== null && credential.admittedBy === route.serial && now < credential.expiresAt) {
    call.credential = credential;
    call.chain = route.chainOfPlan(credential.consumer.planId);
    return null;
  }
  const { api, scopes } = route;
  const decision = authorizeCall({ credential, api, scopes, now });
  if (!decision.allowed) return refuseDenied(decision.reason, kind, challengesOf(call), scopes);
  const allowed = credential as ResolvedCredential;
  const { plans } = call.table;
  const { planId } = allowed.facts;
  if (plans.has(planId)) return enter(call, allowed, route);
  return plans.arrivalOf(planId).then((came) => (came ? enter(call, allowed, route) : REFUSALS.planUnknown));
}

function enter(call: GatewayCall, credential: ResolvedCredential, route: CallRoute): null {
  call.credential = credential;
  call.chain = route.chainOfPlan(credential.consumer.planId);
  credential.admittedBy = route.serial;
  return null;
}
