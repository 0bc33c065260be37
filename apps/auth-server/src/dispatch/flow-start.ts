import type { Request, Response } from 'express';
import type { Issuer } from '#config/issuer.js';
import type { AuthorizationRequestStore, RequestedAuthorization } from '#persistence/authorization/authorization-request.store.js';
import type { Client } from '#persistence/subscription/client.store.js';
import { hashToken, newBrowserId } from '#secrets/token.js';
import type { VerifiedTarget } from '../authorize/authorization-error.js';
import type { ClientAddresses } from '../http/client-addresses.js';
import type { Redirect } from '../http/reply.js';
import type { BrowserSessions } from '../session/browser-sessions.js';
import type { FlowDispatcher } from './flow-dispatcher.js';

/** Seconds within which a person must have logged in and consented. */
const REQUEST_LIFETIME = 30 * 60;

/** A checked request, about to become a flow. */
export interface NewFlow {
  readonly issuer: Issuer;
  readonly client: Client;
  readonly target: VerifiedTarget;
  readonly request: RequestedAuthorization;
}

export interface FlowStartDeps {
  readonly requests: AuthorizationRequestStore;
  readonly sessions: BrowserSessions;
  readonly dispatcher: FlowDispatcher;
  readonly addresses: ClientAddresses;
}

/** Stores a flow, bound to the browser that begins it, and asks the dispatcher what comes first. */
export class FlowStart {
  constructor(private readonly deps: FlowStartDeps) {}

  async begin({ issuer, client, target, request: asked }: NewFlow, request: Request, response: Response): Promise<Redirect> {
    const { requests, sessions, dispatcher, addresses } = this.deps;
    const id = newBrowserId();
    const authMethodId = issuer.authMethod.id;
    const { subscriptionId, apiId } = client;
    const browserId = sessions.ensureBrowserId(request, response);
    await requests.insert({ id, browserId, authMethodId, apiId, subscriptionId, request: asked, lifetime: REQUEST_LIFETIME });
    const pending = {
      idHash: hashToken(id),
      authMethodId,
      apiId,
      subscriptionId,
      request: asked,
      userId: null,
      consentDecision: null,
      consentUserId: null,
      namespace: null,
      scopeDecision: null,
      finished: false,
    };
    const session = await sessions.current(request, authMethodId);
    return dispatcher.dispatch({ id, pending, issuer, client, target }, session, addresses.of(request));
  }
}
