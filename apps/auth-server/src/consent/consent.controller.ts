import { Controller, Get, Param, Post, Req, Res, UseFilters } from '@nestjs/common';
import type { Request, Response } from 'express';
import { Registry } from '#config/registry-holder.js';
import { AuthorizationRequestStore } from '#persistence/authorization/authorization-request.store.js';
import { ConsentStore } from '#persistence/authorization/consent.store.js';
import type { LiveSession } from '#persistence/authorization/session.store.js';
import { CSRF_FIELD } from '#ui/components/form.js';
import { PageError } from '../authorize/authorization-error.js';
import { FlowDispatcher } from '../dispatch/flow-dispatcher.js';
import { type FlowInProgress, FlowLookup } from '../dispatch/flow-in-progress.js';
import { grantedScopes } from '../dispatch/granted-scopes.js';
import { AuthorizationFilter } from '../http/authorization.filter.js';
import { ClientAddresses } from '../http/client-addresses.js';
import { flowSecurity } from '../http/flow-security.js';
import { readFormBody } from '../http/form-body.js';
import { flowPath } from '../http/paths.js';
import { rawQuery, sendPage, sendRedirect } from '../http/reply.js';
import { renderConsentPage } from '../pages/consent-page.js';
import { pageSetting } from '../pages/page-setting.js';
import { parseFormParameters } from '../protocol/form-parameters.js';
import { BrowserSessions } from '../session/browser-sessions.js';
import { CsrfTokens } from '../session/csrf.js';

/** Asks a person whether an application may act for them, and stores the answer. */
@Controller()
@UseFilters(AuthorizationFilter)
export class ConsentController {
  constructor(
    private readonly registry: Registry,
    private readonly flows: FlowLookup,
    private readonly requests: AuthorizationRequestStore,
    private readonly consents: ConsentStore,
    private readonly sessions: BrowserSessions,
    private readonly dispatcher: FlowDispatcher,
    private readonly csrf: CsrfTokens,
    private readonly addresses: ClientAddresses,
  ) {}

  @Get(':authMethod/consent')
  async show(@Param('authMethod') authMethodId: string, @Req() request: Request, @Res() response: Response): Promise<void> {
    const flow = await this.#find(authMethodId, request);
    const session = await this.#asked(flow, request);
    if (session === null) return this.#return(response, flow);
    const csrf = this.csrf.token(this.sessions.ensureBrowserId(request, response), csrfPurpose(flow, session));
    sendPage(
      response,
      200,
      renderConsentPage(pageSetting(this.registry.snapshot, request), { flow, email: session.email, csrf }),
      flowSecurity(flow),
    );
  }

  @Post(':authMethod/consent')
  async answer(@Param('authMethod') authMethodId: string, @Req() request: Request, @Res() response: Response): Promise<void> {
    const flow = await this.#find(authMethodId, request);
    const form = await readFormBody(request);
    const session = await this.#asked(flow, request);
    if (session === null) return this.#return(response, flow);
    const decision = form.get('decision');
    const genuine = this.csrf.matches(form.get(CSRF_FIELD), this.sessions.browserId(request), csrfPurpose(flow, session));
    if (!genuine || (decision !== 'allow' && decision !== 'deny')) {
      throw new PageError(403, ({ errors }) => errors.formExpired);
    }
    const { client, pending } = flow;
    const address = this.addresses.of(request);
    if (decision === 'allow') {
      const scopes = grantedScopes(pending);
      const remember = !flow.issuer.oauth2.passthroughUsers;
      await this.consents.give({
        requestIdHash: pending.idHash,
        decidedScopes: pending.scopeDecision?.scopes ?? null,
        userId: session.userId,
        applicationId: client.applicationId,
        apiId: client.apiId,
        scopes,
        address,
        remember,
      });
    } else await this.requests.recordDenial(pending.idHash, session.userId, address);
    this.#return(response, flow);
  }

  #find(authMethodId: string, request: Request): Promise<FlowInProgress> {
    const id = parseFormParameters(rawQuery(request)).get('request') ?? '';
    return this.flows.find(id, this.sessions.browserId(request), authMethodId);
  }

  /** The person whom the dispatcher wants to be asked; null where something else comes next. */
  async #asked(flow: FlowInProgress, request: Request): Promise<LiveSession | null> {
    const session = await this.sessions.current(request, flow.issuer.authMethod.id);
    const next = await this.dispatcher.decide(flow, session);
    return next.step === 'consent' ? session : null;
  }

  #return(response: Response, flow: FlowInProgress): void {
    sendRedirect(response, {
      status: 303,
      location: flowPath(this.registry.snapshot, flow, 'continue'),
    });
  }
}

/**
 * Bound to the person too: a page shown to one cannot be answered in the name of another who logged in meanwhile; and to the scopes that
 * it shows, which the API's own service may decide anew.
 */
function csrfPurpose(flow: FlowInProgress, session: LiveSession): string {
  return `consent:${flow.id}:${session.userId}:${grantedScopes(flow.pending).join(' ')}`;
}
