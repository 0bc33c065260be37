import { Controller, Get, Post, Req, Res, UseFilters } from '@nestjs/common';
import type { Request, Response } from 'express';
import { Registry } from '#config/registry-holder.js';
import { ConsentStore } from '#persistence/authorization/consent.store.js';
import { type LiveSession, SessionStore } from '#persistence/authorization/session.store.js';
import { RegistrationStore } from '#persistence/registration/registration.store.js';
import { PersonStore } from '#persistence/user/person.store.js';
import { CSRF_FIELD } from '#ui/components/form.js';
import { PageError } from '../authorize/authorization-error.js';
import { AuthorizationFilter } from '../http/authorization.filter.js';
import { ClientAddresses } from '../http/client-addresses.js';
import { readFormBody } from '../http/form-body.js';
import { basePath } from '../http/paths.js';
import { sendPage, sendRedirect } from '../http/reply.js';
import { renderAccountLoginPage, renderAccountPage } from '../pages/account-page.js';
import { pageSetting } from '../pages/page-setting.js';
import type { Parameters } from '../protocol/parameters.js';
import { BrowserSessions } from '../session/browser-sessions.js';
import { CsrfTokens } from '../session/csrf.js';

/** A person's consents and sessions: see and revoke. */
@Controller('account')
@UseFilters(AuthorizationFilter)
export class AccountController {
  constructor(
    private readonly registry: Registry,
    private readonly consents: ConsentStore,
    private readonly sessionStore: SessionStore,
    private readonly sessions: BrowserSessions,
    private readonly people: PersonStore,
    private readonly registrations: RegistrationStore,
    private readonly csrf: CsrfTokens,
    private readonly addresses: ClientAddresses,
  ) {}

  @Get()
  async show(@Req() request: Request, @Res() response: Response): Promise<void> {
    const { snapshot } = this.registry;
    const own = await this.sessions.all(request);
    const [session] = own;
    if (session === undefined) {
      const methods = [...snapshot.authMethods.values()].filter((method) => method.enabled && !method.protected);
      const [only] = methods;
      if (only !== undefined && methods.length === 1) {
        sendRedirect(response, { status: 303, location: `${basePath(snapshot)}/${only.id}/login` });
        return;
      }
      sendPage(response, 200, renderAccountLoginPage(pageSetting(snapshot, request), methods));
      return;
    }
    if (session.mustChangePassword) {
      sendRedirect(response, { status: 303, location: `${basePath(snapshot)}/${session.authMethodId}/change-password` });
      return;
    }
    const person = await this.people.findAccount(session.userId);
    const html = renderAccountPage(pageSetting(snapshot, request), {
      email: session.email,
      csrf: this.csrf.token(this.sessions.ensureBrowserId(request, response), csrfPurpose(session)),
      password: person === null || person.passwordHash === null ? 'none' : person.passwordDeclared ? 'declared' : 'own',
      authMethodId: session.authMethodId,
      consents: await this.consents.listOfUser(session.userId),
      registrations: await this.registrations.listOfUser(session.userId),
      sessions: await this.sessionStore.listOfUser(session.userId),
      ownSessions: new Set(own.map((one) => one.idHash.toString('hex'))),
    });
    sendPage(response, 200, html);
  }

  /** Takes a consent back, with every token that it gave out. */
  @Post('consents/revoke')
  async revokeConsent(@Req() request: Request, @Res() response: Response): Promise<void> {
    const [session, form] = await this.#genuine(request);
    const applicationId = form.get('application');
    const apiId = form.get('api');
    if (applicationId !== undefined && apiId !== undefined)
      await this.consents.revoke(session.userId, applicationId, apiId, this.addresses.of(request));
    this.#back(response);
  }

  @Post('sessions/end')
  async endSession(@Req() request: Request, @Res() response: Response): Promise<void> {
    const [session, form] = await this.#genuine(request);
    const id = form.get('session') ?? '';
    if (/^[0-9a-f]{64}$/.test(id)) await this.sessionStore.endOfUser(session.userId, Buffer.from(id, 'hex'), this.addresses.of(request));
    this.#back(response);
  }

  /** The person and their form, once it is certain that they sent it. */
  async #genuine(request: Request): Promise<[LiveSession, Parameters]> {
    const form = await readFormBody(request);
    const [session] = await this.sessions.all(request);
    if (!session || !this.csrf.matches(form.get(CSRF_FIELD), this.sessions.browserId(request), csrfPurpose(session))) {
      throw new PageError(403, ({ errors }) => errors.formExpired);
    }
    return [session, form];
  }

  #back(response: Response): void {
    sendRedirect(response, { status: 303, location: `${basePath(this.registry.snapshot)}/account` });
  }
}

function csrfPurpose(session: LiveSession): string {
  return `account:${session.idHash.toString('hex')}`;
}
