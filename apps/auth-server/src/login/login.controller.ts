import { Controller, Get, Param, Post, Req, Res, UseFilters } from '@nestjs/common';
import type { Request, Response } from 'express';
import { Registry } from '#config/registry-holder.js';
import { AuthorizationRequestStore } from '#persistence/authorization/authorization-request.store.js';
import { AuthorizationFilter } from '../http/authorization.filter.js';
import { ClientAddresses } from '../http/client-addresses.js';
import { flowSecurity } from '../http/flow-security.js';
import { basePath, flowPath } from '../http/paths.js';
import { rawQuery, sendPage, sendRedirect } from '../http/reply.js';
import { renderLoginPage } from '../pages/login-page.js';
import { pageSetting } from '../pages/page-setting.js';
import { parseFormParameters } from '../protocol/form-parameters.js';
import { BrowserSessions } from '../session/browser-sessions.js';
import { CheckedForms } from '../session/checked-forms.js';
import { LoginAttempts } from './login-attempts.js';
import { type LoginPlace, LoginPlaces, placePath } from './login-place.js';
import { verifyLoginForm } from './verify-login-form.js';

interface LoginFormState {
  readonly email: string;
  readonly failed: boolean;
  /** Seconds until the next attempt counts, where there were too many. */
  readonly retryAfter?: number;
}

/** Where a person says who they are: for a flow (`?request=`), or for their account. */
@Controller()
@UseFilters(AuthorizationFilter)
export class LoginController {
  constructor(
    private readonly registry: Registry,
    private readonly places: LoginPlaces,
    private readonly requests: AuthorizationRequestStore,
    private readonly sessions: BrowserSessions,
    private readonly forms: CheckedForms,
    private readonly attempts: LoginAttempts,
    private readonly addresses: ClientAddresses,
  ) {}

  @Get(':authMethod/login')
  async show(@Param('authMethod') authMethodId: string, @Req() request: Request, @Res() response: Response): Promise<void> {
    const place = await this.places.find(authMethodId, request);
    this.#sendForm(request, response, place, { email: place.flow?.pending.request.loginHint ?? '', failed: false });
  }

  @Post(':authMethod/login')
  async logIn(@Param('authMethod') authMethodId: string, @Req() request: Request, @Res() response: Response): Promise<void> {
    const place = await this.places.find(authMethodId, request);
    const form = await this.forms.read(request, formPurpose(place));
    const email = form.get('email') ?? '';
    const typed = { email, password: form.get('password') ?? '' };
    const attempt = { ...typed, authMethodId, address: this.addresses.of(request) };
    const outcome = await this.attempts.verify(attempt, () => verifyLoginForm(place.method, typed, request, response));
    const isBegun = outcome.verified && (await this.sessions.begin(request, response, authMethodId, outcome.identity));
    if (!outcome.verified || !isBegun) {
      if (outcome.verified) await this.attempts.recordChangedMeanwhile(attempt);
      const retryAfter = !outcome.verified && outcome.reason === 'locked' ? outcome.retryAfter : undefined;
      this.#sendForm(request, response, place, { email, failed: true, retryAfter });
      return;
    }
    if (place.flow) await this.requests.recordLogin(place.flow.pending.idHash, outcome.identity.userId);
    const { snapshot } = this.registry;
    const location = place.flow ? flowPath(snapshot, place.flow, 'continue') : `${basePath(snapshot)}/account`;
    sendRedirect(response, { status: 303, location });
  }

  #sendForm(request: Request, response: Response, place: LoginPlace, { retryAfter, ...form }: LoginFormState): void {
    const { snapshot } = this.registry;
    const done = parseFormParameters(rawQuery(request)).get('done');
    const html = renderLoginPage(pageSetting(snapshot, request), {
      entry: place.entry,
      flow: place.flow,
      csrf: this.forms.token(request, response, formPurpose(place)),
      done: done === 'verified' || done === 'password' ? done : null,
      signupUrl: place.method.accounts?.signUp ? placePath(snapshot, place, 'signup') : null,
      forgotUrl: place.method.accounts === null ? null : placePath(snapshot, place, 'forgot-password'),
      ...form,
    });
    if (retryAfter !== undefined) response.set('Retry-After', String(retryAfter));
    sendPage(response, retryAfter === undefined ? 200 : 429, html, flowSecurity(place.flow));
  }
}

/** A form made for one flow is worth nothing in another. */
function formPurpose({ entry, flow }: LoginPlace): string {
  return `login:${entry.id}:${flow?.id ?? 'account'}`;
}
