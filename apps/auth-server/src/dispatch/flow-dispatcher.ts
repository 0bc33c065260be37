/**
 * The one place that decides what a person sees next. Login and consent store their outcome and send the browser back here
 * (`/{authMethod}/continue`); the next step is computed from what is stored, until the client gets its code or its error.
 */
import type { GrantName } from '#config/registry.js';
import type { Registry } from '#config/registry-holder.js';
import type { AuditEvent } from '#persistence/audit/audit-event.js';
import type { AuthorizationGrounds } from '#persistence/authorization/authorization-grounds.js';
import type { AuthorizationRequestStore, ResponseType } from '#persistence/authorization/authorization-request.store.js';
import type { ConsentStore } from '#persistence/authorization/consent.store.js';
import type { LiveSession } from '#persistence/authorization/session.store.js';
import type { RegistrationStore } from '#persistence/registration/registration.store.js';
import type { Logger } from '#process/logger.js';
import { AuthorizationError } from '../authorize/authorization-error.js';
import { sendErrorsTo } from '../authorize/send-errors-to.js';
import { flowPath } from '../http/paths.js';
import type { Redirect } from '../http/reply.js';
import { answerTo } from '../protocol/redirect-uri.js';
import { decideRegistration, type RegistrationDecision } from '../registration/decide-registration.js';
import { SCOPE_DECISION_UNAVAILABLE, type ScopeDecisions } from '../scope-decision/scope-decisions.js';
import { deviceHash, FINISH, type FinishDeps, type FinishedFlow } from './finish/finish-flow.js';
import type { FlowInProgress } from './flow-in-progress.js';
import { grantedScopes } from './granted-scopes.js';
import { isClientAssured, type NextStep, nextStep } from './next-step.js';

const REFUSALS = {
  access_denied: 'The person refused',
  login_required: 'Nobody is logged in',
  interaction_required: 'The person has to do something first',
  consent_required: 'The person has not given consent',
} as const;

/** RFC 6749 §4.1.2.1: for the developer of the client; the application tells the person. */
const EXCLUSIONS = {
  'register-disabled': 'The person is not registered for this API, and nobody can register by themselves',
  'no-namespace': 'The person is registered in no namespace of this API',
  'other-namespace': 'The person is not registered in this namespace of the API',
} as const;

/** How the service that decides on scopes is told of each way to get tokens. */
const GRANTS: Readonly<Record<ResponseType, GrantName>> = {
  code: 'authorization_code',
  token: 'implicit',
  device: 'urn:ietf:params:oauth:grant-type:device_code',
};

export class FlowDispatcher {
  constructor(
    private readonly registry: Registry,
    private readonly requests: AuthorizationRequestStore,
    private readonly consents: ConsentStore,
    private readonly registrations: RegistrationStore,
    private readonly decisions: ScopeDecisions,
    private readonly deps: FinishDeps,
    private readonly logger: Logger,
  ) {}

  /** What the person has to do next. */
  async decide(flow: FlowInProgress, session: LiveSession | null): Promise<NextStep> {
    const { pending, client, issuer } = flow;
    const { prompt, redirectUri, maxAge, hintedUserId } = pending.request;
    const { consentDecision, consentUserId } = pending;
    const consentStored = !issuer.oauth2.passthroughUsers;
    const registration = await this.#registration(flow, session);
    return nextStep({
      registration,
      prompt,
      scopes: grantedScopes(pending),
      sessionUserId: session?.userId ?? null,
      sessionAge: session === null ? 0 : (Date.now() - session.authenticatedAt.getTime()) / 1_000,
      maxAge: maxAge ?? null,
      hintedUserId: hintedUserId ?? null,
      loginUserId: pending.userId,
      mustChangePassword: session?.mustChangePassword ?? false,
      scopeDecision: isDecisionDue(flow, session, registration) ? 'due' : 'made',
      consent: consentDecision !== null && consentUserId !== null ? { decision: consentDecision, userId: consentUserId } : null,
      trusted: client.trusted,
      clientAssured: isClientAssured(client.clientType, redirectUri),
      consentStored,
      consentedScopes:
        session !== null && consentStored ? await this.consents.findScopes(session.userId, client.applicationId, client.apiId) : null,
    });
  }

  /**
   * Sends the browser to where the next step happens.
   * @param address of the browser, for the audit log
   */
  dispatch(flow: FlowInProgress, session: LiveSession | null, address: string): Promise<Redirect> {
    return sendErrorsTo(flow.target, this.logger, async () => {
      const next = await this.decide(flow, session);
      switch (next.step) {
        case 'login':
        case 'change-password':
        case 'registration':
        case 'consent':
          return { status: 303, location: flowPath(this.registry.snapshot, flow, next.step) };
        case 'scope-decision':
          return this.dispatch(await this.#decideScopes(flow, session as LiveSession, next.namespace, address), session, address);
        case 'exclude':
          await this.#refuse(flow, session, address);
          throw new AuthorizationError(flow.target, 'access_denied', EXCLUSIONS[next.reason]);
        case 'refuse':
          await this.#refuse(flow, session, address);
          throw new AuthorizationError(flow.target, next.error, REFUSALS[next.error]);
        case 'finish':
          return this.#finish({
            flow,
            session: session as LiveSession,
            address,
            namespace: next.namespace,
            grounds: this.#groundsOf(flow, next),
          });
      }
    });
  }

  /** Asks the API's own service, and stores what it says. @returns the flow as it goes on. @throws AuthorizationError */
  async #decideScopes(flow: FlowInProgress, session: LiveSession, namespace: string | null, address: string): Promise<FlowInProgress> {
    const { issuer, client, pending, target } = flow;
    const { userId } = session;
    const grant = GRANTS[pending.request.responseType];
    const decision = await this.decisions.decide({ issuer, client, userId, scopes: pending.request.scopes, namespace, grant, address });
    if (decision.outcome === 'unavailable') throw new AuthorizationError(target, 'temporarily_unavailable', SCOPE_DECISION_UNAVAILABLE);
    if (decision.outcome === 'refuse') {
      await this.#refuse(flow, session, address, [decision.event]);
      throw new AuthorizationError(target, 'access_denied', decision.message);
    }
    const { scopes, authenticatedUserid } = decision;
    const scopeDecision = { userId, namespace, scopes, authenticatedUserid };
    await this.requests.recordScopeDecision(pending.idHash, scopeDecision);
    const consentDecision = pending.consentDecision === 'allowed' ? null : pending.consentDecision;
    return { ...flow, pending: { ...pending, scopeDecision, consentDecision } };
  }

  async #registration({ issuer, pending }: FlowInProgress, session: LiveSession | null): Promise<RegistrationDecision> {
    const pool = this.registry.snapshot.pools.get(issuer.api.registrationPool ?? '') ?? null;
    const registered = pool && session ? await this.registrations.listOfPool(session.userId, pool.id) : [];
    return decideRegistration({
      pool,
      registered: registered.map(({ namespace }) => namespace),
      requested: pending.request.namespace ?? null,
      chosen: pending.namespace,
    });
  }

  /** A device that polls is told as well. @param events why, for the audit log */
  async #refuse(flow: FlowInProgress, session: LiveSession | null, address: string, events: readonly AuditEvent[] = []): Promise<void> {
    const { idHash, request } = flow.pending;
    if (request.responseType !== 'device' || session === null) return this.requests.finish(idHash, events);
    const { userId, idHash: sessionHash, authenticatedAt } = session;
    const denial = { approval: null, userId, sessionHash, authenticatedAt, address } as const;
    await this.deps.devices.decide(idHash, deviceHash(flow), denial, events);
  }

  #groundsOf({ issuer, client }: FlowInProgress, { namespace, onConsent }: Extract<NextStep, { step: 'finish' }>): AuthorizationGrounds {
    const { applicationId, apiId } = client;
    const pool = this.registry.snapshot.pools.get(issuer.api.registrationPool ?? '');
    return { consent: onConsent ? { applicationId, apiId } : null, registration: pool ? { poolId: pool.id, namespace } : null };
  }

  async #finish(finished: FinishedFlow): Promise<Redirect> {
    const { flow } = finished;
    const answer = await FINISH[flow.pending.request.responseType](this.deps, finished);
    // Something that it rests on went since it was looked at, or another tab was quicker: what comes next is computed anew.
    if (answer === null) return { status: 303, location: flowPath(this.registry.snapshot, flow, 'continue') };
    return { status: 302, location: answerTo(flow.target, answer) };
  }
}

/** A decision is one about a person in a namespace; about anybody else, or in another, it is made anew. */
function isDecisionDue({ issuer, pending }: FlowInProgress, session: LiveSession | null, registration: RegistrationDecision): boolean {
  const { scopeDecision } = pending;
  if (scopeDecision === null) return issuer.oauth2.passthroughScopeUrl !== null;
  const namespace = registration.need === 'nothing' ? registration.namespace : null;
  return scopeDecision.userId !== session?.userId || scopeDecision.namespace !== namespace;
}
