import { Controller, Get, Post, Req, Res, UseFilters } from '@nestjs/common';
import type { Request, Response } from 'express';
import { findIssuer } from '#config/issuer.js';
import { Registry } from '#config/registry-holder.js';
import { ClientStore } from '#persistence/subscription/client.store.js';
import { VerificationKeys } from '#signing/verification-keys.js';
import { CSRF_FIELD } from '#ui/components/form.js';
import { PageError } from '../authorize/authorization-error.js';
import { AuthorizationFilter } from '../http/authorization.filter.js';
import { formActionTowards } from '../http/flow-security.js';
import { readFormBody } from '../http/form-body.js';
import { basePath } from '../http/paths.js';
import { rawQuery, sendPage, sendRedirect } from '../http/reply.js';
import { type IdTokenHint, readIdTokenHint } from '../openid/id-token-hint.js';
import { renderLoggedOutPage, renderLogoutPage } from '../pages/logout-page.js';
import { pageSetting } from '../pages/page-setting.js';
import { parseFormParameters } from '../protocol/form-parameters.js';
import type { Parameters } from '../protocol/parameters.js';
import { appendParameters, matchRedirectUri } from '../protocol/redirect-uri.js';
import { BrowserSessions } from '../session/browser-sessions.js';
import { CsrfTokens } from '../session/csrf.js';
import { decideLogout } from './decide-logout.js';

/** Parameters of the endpoint (OpenID Connect RP-Initiated Logout §2), and those that the confirmation passes on. */
const KNOWN = ['id_token_hint', 'client_id', 'post_logout_redirect_uri', 'state', 'ui_locales'];
const PASSED_ON = ['post_logout_redirect_uri', 'state'];
const CSRF_PURPOSE = 'logout';

/** Ends the logins of a browser. */
@Controller('logout')
@UseFilters(AuthorizationFilter)
export class LogoutController {
  constructor(
    private readonly registry: Registry,
    private readonly clients: ClientStore,
    private readonly keys: VerificationKeys,
    private readonly sessions: BrowserSessions,
    private readonly csrf: CsrfTokens,
  ) {}

  /** Where applications send people. */
  @Get()
  async begin(@Req() request: Request, @Res() response: Response): Promise<void> {
    const parameters = parseFormParameters(rawQuery(request));
    const hint = await this.#readHint(parameters);
    const issuer = hint === null || hint === 'invalid' ? null : findIssuer(this.registry.snapshot, hint.issuerUrl);
    const session = issuer && (await this.sessions.current(request, issuer.authMethod.id));
    const facts = { hint, clientId: parameters.get('client_id') ?? null, userId: session?.userId ?? null };
    const decision = decideLogout(facts);
    if (decision.step === 'refuse') throw new PageError(400, ({ errors }) => errors.logoutNotOurs);
    // The hint speaks for one login. What else this browser holds, by another auth method and perhaps of another person, stays.
    if (decision.step === 'log-out') return this.#end(request, response, parameters, decision.clientId, issuer && [issuer.authMethod.id]);
    const passed = [...parameters.entries()].filter(([name]) => PASSED_ON.includes(name));
    const hidden = { ...Object.fromEntries(passed), ...(decision.clientId === null ? {} : { client_id: decision.clientId }) };
    const csrf = this.csrf.token(this.sessions.ensureBrowserId(request, response), CSRF_PURPOSE);
    const target = await this.#registeredTarget(parameters, decision.clientId);
    const html = renderLogoutPage(pageSetting(this.registry.snapshot, request), csrf, hidden);
    sendPage(response, 200, html, target === null ? {} : { formAction: formActionTowards(target) });
  }

  /** The person's answer; or an application's request by POST, which comes without our cookies and is asked again by GET. */
  @Post()
  async confirm(@Req() request: Request, @Res() response: Response): Promise<void> {
    const form = await readFormBody(request);
    if (form.get(CSRF_FIELD) === undefined) return this.#repeatByGet(response, form);
    if (!this.csrf.matches(form.get(CSRF_FIELD), this.sessions.browserId(request), CSRF_PURPOSE)) {
      throw new PageError(403, ({ errors }) => errors.formExpired);
    }
    return this.#end(request, response, form, form.get('client_id') ?? null, null);
  }

  async #readHint(parameters: Parameters): Promise<IdTokenHint | 'invalid' | null> {
    const text = parameters.get('id_token_hint');
    if (text === undefined) return null;
    const hint = await readIdTokenHint(this.keys, text);
    return hint !== null && findIssuer(this.registry.snapshot, hint.issuerUrl) !== null ? hint : 'invalid';
  }

  #repeatByGet(response: Response, form: Parameters): void {
    const known = [...form.entries()].filter(([name]) => KNOWN.includes(name));
    const query = known.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
    sendRedirect(response, { status: 303, location: `${basePath(this.registry.snapshot)}/logout${query === '' ? '' : `?${query}`}` });
  }

  /** @param authMethodIds whose logins end; null: every one of this browser */
  async #end(
    request: Request,
    response: Response,
    parameters: Parameters,
    clientId: string | null,
    authMethodIds: readonly string[] | null,
  ): Promise<void> {
    await this.sessions.end(request, response, authMethodIds);
    const location = await this.#registeredTarget(parameters, clientId);
    if (location !== null) return sendRedirect(response, { status: 303, location });
    const { snapshot } = this.registry;
    const remaining = (await this.sessions.all(request)).map(
      ({ authMethodId }) => snapshot.authMethods.get(authMethodId)?.name ?? authMethodId,
    );
    const unregistered = parameters.get('post_logout_redirect_uri') !== undefined;
    sendPage(response, 200, renderLoggedOutPage(pageSetting(snapshot, request), { remaining, unregistered }));
  }

  /** Only to a URI registered for the client that is named: logout is no open redirector (RFC 9700 §4.11). */
  async #registeredTarget(parameters: Parameters, clientId: string | null): Promise<string | null> {
    const uri = parameters.get('post_logout_redirect_uri');
    if (uri === undefined || clientId === null) return null;
    const client = await this.clients.findByClientId(clientId);
    if (client === null || !matchRedirectUri(client.redirectUris, uri)) return null;
    const state = parameters.get('state');
    return state === undefined ? uri : appendParameters(uri, { state });
  }
}
