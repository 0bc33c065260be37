import { Controller, Get, Post, Req, Res, UseFilters } from '@nestjs/common';
import type { Request, Response } from 'express';
import { resolveIssuer } from '#config/issuer.js';
import { Registry } from '#config/registry-holder.js';
import { networkOf } from '#http/network-of.js';
import type { AuditEvent } from '#persistence/audit/audit-event.js';
import { DeviceAuthorizationStore } from '#persistence/device/device-authorization.store.js';
import { type AttemptLimit, AttemptStore } from '#persistence/limit/attempt.store.js';
import { ClientStore } from '#persistence/subscription/client.store.js';
import { CSRF_FIELD } from '#ui/components/form.js';
import { PageError } from '../authorize/authorization-error.js';
import { FlowStart, type NewFlow } from '../dispatch/flow-start.js';
import { AuthorizationFilter } from '../http/authorization.filter.js';
import { ClientAddresses } from '../http/client-addresses.js';
import { readFormBody } from '../http/form-body.js';
import { rawQuery, sendPage, sendRedirect } from '../http/reply.js';
import { renderDevicePage } from '../pages/device-page.js';
import { renderMessagePage } from '../pages/message-page.js';
import { pageSetting } from '../pages/page-setting.js';
import { parseFormParameters } from '../protocol/form-parameters.js';
import { BrowserSessions } from '../session/browser-sessions.js';
import { CsrfTokens } from '../session/csrf.js';
import { formatUserCode, parseUserCode } from './user-code.js';

const CSRF_PURPOSE = 'device';
/** Wrong user codes that one address may try; they are short (RFC 8628 §5.1). */
const GUESSES: AttemptLimit = { kind: 'device', most: 20, window: 10 * 60 };

/** Where a person types the code that a device shows. What follows is a flow like any other: login, then consent, always asked. */
@Controller('device')
@UseFilters(AuthorizationFilter)
export class DeviceController {
  constructor(
    private readonly registry: Registry,
    private readonly clients: ClientStore,
    private readonly devices: DeviceAuthorizationStore,
    private readonly guesses: AttemptStore,
    private readonly flows: FlowStart,
    private readonly sessions: BrowserSessions,
    private readonly csrf: CsrfTokens,
    private readonly addresses: ClientAddresses,
  ) {}

  /** A link may fill the code in; the person still has to compare and send it (RFC 8628 §3.3.1, §5.4). */
  @Get()
  show(@Req() request: Request, @Res() response: Response): void {
    const code = parseUserCode(parseFormParameters(rawQuery(request)).get('user_code') ?? '');
    this.#sendForm(request, response, { code: code === null ? '' : formatUserCode(code), failed: false });
  }

  @Post()
  async enter(@Req() request: Request, @Res() response: Response): Promise<void> {
    const form = await readFormBody(request);
    if (!this.csrf.matches(form.get(CSRF_FIELD), this.sessions.browserId(request), CSRF_PURPOSE)) {
      throw new PageError(403, ({ errors }) => errors.formExpired);
    }
    const address = this.addresses.of(request);
    const counted = { limit: GUESSES, subject: networkOf(address) };
    const guess = await this.guesses.count(counted, refusalOf('device-code-locked', address));
    if (!guess.allowed) throw new PageError(429, ({ device }) => device.tooManyTries, { 'Retry-After': String(guess.retryAfter) });
    const typed = form.get('user_code') ?? '';
    const code = parseUserCode(typed);
    const flow = code === null ? null : await this.guesses.make([counted], () => this.#flowOf(code));
    if (flow === null) {
      await this.guesses.fail([counted], refusalOf('device-code-failed', address));
      return this.#sendForm(request, response, { code: typed.slice(0, 40), failed: true });
    }
    await this.guesses.takeBack([counted]);
    sendRedirect(response, await this.flows.begin(flow, request, response));
  }

  /** Where the flow of a device ends; `error` as in an answer to a client. */
  @Get('done')
  done(@Req() request: Request, @Res() response: Response): void {
    const error = parseFormParameters(rawQuery(request)).get('error');
    const setting = pageSetting(this.registry.snapshot, request);
    const say = error === undefined ? 'connected' : error === 'access_denied' ? 'denied' : 'failed';
    sendPage(
      response,
      200,
      renderMessagePage(setting, ({ device }) => device[say]),
    );
  }

  /** The flow of a device that waits for a person; null where there is none, or where it may not go on. */
  async #flowOf(userCode: string): Promise<NewFlow | null> {
    const { snapshot } = this.registry;
    const device = await this.devices.findWaiting(userCode);
    const client = device && (await this.clients.findBySubscriptionId(device.subscriptionId));
    const issuer = client && resolveIssuer(snapshot, device.authMethodId, client.apiId);
    if (!issuer || client.status !== 'approved' || client.applicationBlocked) return null;
    const redirectUri = `${snapshot.publicUrls.auth}/device/done`;
    return {
      issuer,
      client,
      target: { redirectUri, state: null, issuerUrl: issuer.url, mode: 'query' },
      request: {
        redirectUri,
        state: null,
        responseType: 'device',
        device: { hash: device.hash.toString('hex'), userCode: formatUserCode(userCode) },
        scopes: device.scopes,
        codeChallenge: null,
        // Whoever sent the code may be an attacker (RFC 8628 §5.4): the person sees the application's name, whatever was allowed before.
        prompt: ['consent'],
        loginHint: null,
        uiLocales: null,
        nonce: null,
        maxAge: null,
        hintedUserId: null,
        namespace: null,
      },
    };
  }

  #sendForm(request: Request, response: Response, form: { code: string; failed: boolean }): void {
    const csrf = this.csrf.token(this.sessions.ensureBrowserId(request, response), CSRF_PURPOSE);
    sendPage(response, 200, renderDevicePage(pageSetting(this.registry.snapshot, request), { csrf, ...form }));
  }
}

/** A code that one person mistypes may be another's right one: none is written down. */
function refusalOf(kind: 'device-code-failed' | 'device-code-locked', address: string): AuditEvent {
  return { kind, actor: 'anonymous', subject: `network:${networkOf(address)}`, address };
}
