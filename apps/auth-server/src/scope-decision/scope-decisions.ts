/**
 * Asks an API's own service (`passthroughScopeUrl`, W10) about an authorization: whether it is allowed, with which scopes, and who
 * the API is told the person is. Without an answer nothing is allowed.
 */
import { CallOutError } from '#call-out/call-out-error.js';
import type { CallOuts } from '#call-out/call-outs.js';
import type { Issuer } from '#config/issuer.js';
import type { GrantName } from '#config/registry.js';
import type { CallOutFailures } from '#installation/call-out-failures.js';
import type { AuditEvent } from '#persistence/audit/audit-event.js';
import type { Client } from '#persistence/subscription/client.store.js';
import type { Logger } from '#process/logger.js';
import { IDENTITY_SCOPES } from '../claims/claims-of.js';
import type { PersonClaims } from '../claims/person-claims.js';
import { narrowScopes } from '../protocol/scope.js';
import { readScopeAnswer } from './read-scope-answer.js';

/** An authorization that is about to be given, or renewed. */
export interface ScopeQuestion {
  readonly issuer: Issuer;
  readonly client: Client;
  readonly userId: string;
  /** What the client would get. */
  readonly scopes: readonly string[];
  readonly namespace: string | null;
  readonly grant: GrantName;
  /** What the service said of the person earlier; only at a refresh. */
  readonly authenticatedUserid?: string | null;
  /** Of the person's browser or of the client, for the audit log. */
  readonly address: string;
}

export type ScopeDecision =
  | { readonly outcome: 'allow'; readonly scopes: readonly string[]; readonly authenticatedUserid: string | null }
  /** `message`: the service's own, for the developer of the client. `event`: goes to the audit log with what the refusal ends. */
  | { readonly outcome: 'refuse'; readonly message: string; readonly event: AuditEvent }
  | { readonly outcome: 'unavailable' };

/** The public text where there was no answer. */
export const SCOPE_DECISION_UNAVAILABLE = 'The service that decides on access to this API gave no answer that can be used; try again later';

export interface ScopeDecisionsDeps {
  readonly callOuts: CallOuts;
  readonly failures: CallOutFailures;
  readonly claims: PersonClaims;
  readonly logger: Logger;
}

export class ScopeDecisions {
  readonly #deps: ScopeDecisionsDeps;

  constructor(deps: ScopeDecisionsDeps) {
    this.#deps = deps;
  }

  /** Asks the API's service; where there is none, what the client would get is what it gets. */
  async decide(question: ScopeQuestion): Promise<ScopeDecision> {
    const { oauth2 } = question.issuer;
    const service = oauth2.passthroughScopeUrl;
    if (service === null) return { outcome: 'allow', scopes: question.scopes, authenticatedUserid: null };
    try {
      const answer = readScopeAnswer(await this.#deps.callOuts.post(service, await this.#describe(question)), oauth2.passthroughUsers);
      if (answer.outcome === 'malformed') throw new CallOutError('malformed', answer.reason);
      this.#deps.failures.settle(question.issuer.api.id);
      if (answer.outcome === 'allow') return { ...answer, scopes: this.#limit(question, answer.scopes) };
      return { ...answer, event: refusalOf(question, answer.message) };
    } catch (error) {
      if (!(error instanceof CallOutError)) throw error;
      await this.#deps.failures.report(question.issuer.api.id, service, error);
      return { outcome: 'unavailable' };
    }
  }

  /** wicked's form; what else is known of the authorization stands in `data`. */
  async #describe({ issuer, client, userId, scopes, namespace, grant, authenticatedUserid = null }: ScopeQuestion): Promise<object> {
    return {
      scope: scopes.filter((scope) => !isIdentityScope(scope, issuer)),
      auth_method: issuer.authMethod.id,
      profile: await this.#deps.claims.profile(userId, issuer, namespace),
      data: {
        api: issuer.api.id,
        application: client.applicationId,
        client_id: client.clientId,
        trusted: client.trusted,
        grant_type: grant,
        namespace,
        ...(grant === 'refresh_token' ? { authenticated_userid: authenticatedUserid } : {}),
      },
    };
  }

  /**
   * The service has the say within what the API has and the subscription may have. Who a person is, is theirs to tell: scopes of
   * identity stay what they were asked for.
   */
  #limit({ issuer, client, scopes }: ScopeQuestion, named: readonly string[]): readonly string[] {
    const granted = narrowScopes(named, { known: issuer.oauth2.scopes, allowed: client.allowedScopes });
    const leftOut = named.filter((scope) => !granted.includes(scope));
    if (leftOut.length > 0) {
      const facts = { api: issuer.api.id, clientId: client.clientId, scopes: leftOut.slice(0, 10) };
      this.#deps.logger.warn(facts, 'scopes of a decision left out: the API has no such scopes, or the subscription may not have them');
    }
    return [...scopes.filter((scope) => isIdentityScope(scope, issuer)), ...granted];
  }
}

function refusalOf({ issuer, client, userId, grant, address }: ScopeQuestion, message: string): AuditEvent {
  const details = { api: issuer.api.id, authMethod: issuer.authMethod.id, grant, message };
  return { kind: 'scope-refused', actor: `user:${userId}`, subject: `subscription:${client.subscriptionId}`, address, details };
}

function isIdentityScope(scope: string, { oauth2 }: Issuer): boolean {
  return IDENTITY_SCOPES.some((one) => one === scope) && !oauth2.scopes.has(scope);
}
