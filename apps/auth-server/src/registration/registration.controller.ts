import { Controller, Get, Param, Post, Req, Res, UseFilters } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { Pool } from '#config/registry.js';
import { Registry } from '#config/registry-holder.js';
import { AuthorizationRequestStore } from '#persistence/authorization/authorization-request.store.js';
import type { LiveSession } from '#persistence/authorization/session.store.js';
import { RegistrationStore } from '#persistence/registration/registration.store.js';
import { FlowDispatcher } from '../dispatch/flow-dispatcher.js';
import { type FlowInProgress, FlowLookup } from '../dispatch/flow-in-progress.js';
import { AuthorizationFilter } from '../http/authorization.filter.js';
import { ClientAddresses } from '../http/client-addresses.js';
import { flowSecurity } from '../http/flow-security.js';
import { flowPath } from '../http/paths.js';
import { rawQuery, sendPage, sendRedirect } from '../http/reply.js';
import { pageSetting } from '../pages/page-setting.js';
import { renderNamespaceChoice, renderRegistrationForm } from '../pages/registration-page.js';
import { parseFormParameters } from '../protocol/form-parameters.js';
import { BrowserSessions } from '../session/browser-sessions.js';
import { CheckedForms } from '../session/checked-forms.js';
import type { RegistrationDecision } from './decide-registration.js';
import { type ReadProperties, readProperties } from './read-properties.js';

/** What the dispatcher wants of a person: to register, or to choose a namespace. */
interface Asked {
  readonly session: LiveSession;
  readonly pool: Pool;
  readonly decision: Extract<RegistrationDecision, { need: 'register' | 'choose' }>;
}

/** Asks a person for what the API's pool wants to know, once, and stores it. */
@Controller()
@UseFilters(AuthorizationFilter)
export class RegistrationController {
  constructor(
    private readonly registry: Registry,
    private readonly flows: FlowLookup,
    private readonly requests: AuthorizationRequestStore,
    private readonly registrations: RegistrationStore,
    private readonly sessions: BrowserSessions,
    private readonly dispatcher: FlowDispatcher,
    private readonly addresses: ClientAddresses,
    private readonly forms: CheckedForms,
  ) {}

  @Get(':authMethod/registration')
  async show(@Param('authMethod') authMethodId: string, @Req() request: Request, @Res() response: Response): Promise<void> {
    const flow = await this.#find(authMethodId, request);
    const asked = await this.#asked(flow, request);
    if (asked === null) return this.#return(response, flow);
    this.#sendForm(request, response, flow, asked, { values: {}, faults: new Map() });
  }

  @Post(':authMethod/registration')
  async answer(@Param('authMethod') authMethodId: string, @Req() request: Request, @Res() response: Response): Promise<void> {
    const flow = await this.#find(authMethodId, request);
    const asked = await this.#asked(flow, request);
    if (asked === null) return this.#return(response, flow);
    const form = await this.forms.read(request, formPurpose(flow, asked));
    if (asked.decision.need === 'choose') {
      const namespace = form.get('namespace') ?? '';
      if (asked.decision.namespaces.includes(namespace)) await this.requests.recordNamespace(flow.pending.idHash, namespace);
      return this.#return(response, flow);
    }
    const read = readProperties(asked.pool, form);
    if (read.faults.size > 0) return this.#sendForm(request, response, flow, asked, read);
    await this.registrations.insert({
      userId: asked.session.userId,
      poolId: asked.pool.id,
      namespace: '',
      properties: read.values,
      address: this.addresses.of(request),
    });
    this.#return(response, flow);
  }

  #find(authMethodId: string, request: Request): Promise<FlowInProgress> {
    const id = parseFormParameters(rawQuery(request)).get('request') ?? '';
    return this.flows.find(id, this.sessions.browserId(request), authMethodId);
  }

  /** null where something else comes next. */
  async #asked(flow: FlowInProgress, request: Request): Promise<Asked | null> {
    const session = await this.sessions.current(request, flow.issuer.authMethod.id);
    const next = await this.dispatcher.decide(flow, session);
    const pool = this.registry.snapshot.pools.get(flow.issuer.api.registrationPool ?? '');
    return next.step === 'registration' && session !== null && pool !== undefined ? { session, pool, decision: next.decision } : null;
  }

  #sendForm(request: Request, response: Response, flow: FlowInProgress, asked: Asked, read: ReadProperties): void {
    const setting = pageSetting(this.registry.snapshot, request);
    const csrf = this.forms.token(request, response, formPurpose(flow, asked));
    const { decision, pool } = asked;
    const html =
      decision.need === 'choose'
        ? renderNamespaceChoice(setting, { pool, namespaces: decision.namespaces, csrf })
        : renderRegistrationForm(setting, { lead: ({ registration }) => registration.lead(flow.issuer.api.name), pool, csrf, read });
    sendPage(response, read.faults.size > 0 ? 422 : 200, html, flowSecurity(flow));
  }

  #return(response: Response, flow: FlowInProgress): void {
    sendRedirect(response, { status: 303, location: flowPath(this.registry.snapshot, flow, 'continue') });
  }
}

/** Bound to the person too, who may have changed since the page was shown. */
function formPurpose(flow: FlowInProgress, { session }: Asked): string {
  return `registration:${flow.id}:${session.userId}`;
}
