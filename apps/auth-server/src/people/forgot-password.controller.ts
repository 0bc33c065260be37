import { Controller, Get, Param, Post, Req, Res, UseFilters } from '@nestjs/common';
import type { Request, Response } from 'express';
import { Registry } from '#config/registry-holder.js';
import { EmailLinkStore } from '#persistence/user/email-link.store.js';
import { hashToken, newBrowserId } from '#secrets/token.js';
import { PageError } from '../authorize/authorization-error.js';
import { AuthorizationFilter } from '../http/authorization.filter.js';
import { waitOut } from '../http/constant-answer.js';
import { sendPage } from '../http/reply.js';
import { type LoginPlace, LoginPlaces, placePath, placeUrl } from '../login/login-place.js';
import { sealMail } from '../mail/compose-mail.js';
import { MailCourier } from '../mail/mail-courier.js';
import { MailSeal } from '../mail/mail-seal.js';
import { renderMessagePage } from '../pages/message-page.js';
import { pageSetting } from '../pages/page-setting.js';
import { renderPersonForm } from '../pages/person-form-page.js';
import { CheckedForms } from '../session/checked-forms.js';
import { readEmailAddress } from './email-address.js';
import { MailLimits } from './mail-limits.js';

/** Sends a link that sets a new password. The answer is the same, and takes as long, whether there is such a person or not. */
@Controller()
@UseFilters(AuthorizationFilter)
export class ForgotPasswordController {
  constructor(
    private readonly registry: Registry,
    private readonly places: LoginPlaces,
    private readonly links: EmailLinkStore,
    private readonly limits: MailLimits,
    private readonly seal: MailSeal,
    private readonly courier: MailCourier,
    private readonly forms: CheckedForms,
  ) {}

  @Get(':authMethod/forgot-password')
  async show(@Param('authMethod') authMethodId: string, @Req() request: Request, @Res() response: Response): Promise<void> {
    const place = await this.#place(authMethodId, request);
    const setting = pageSetting(this.registry.snapshot, request);
    const { forgotPassword, login } = setting.language.words;
    const html = renderPersonForm(setting, {
      title: forgotPassword.title,
      lead: forgotPassword.lead,
      csrf: this.forms.token(request, response, `forgot:${authMethodId}`),
      fields: [
        {
          name: 'email',
          label: login.email,
          type: 'email',
          value: place.flow?.pending.request.loginHint ?? '',
          autocomplete: 'username',
          required: true,
          maxLength: 254,
        },
      ],
      submit: forgotPassword.submit,
      links: [{ href: placePath(setting.snapshot, place, 'login'), label: forgotPassword.back }],
    });
    sendPage(response, 200, html);
  }

  @Post(':authMethod/forgot-password')
  async send(@Param('authMethod') authMethodId: string, @Req() request: Request, @Res() response: Response): Promise<void> {
    const begun = performance.now();
    const place = await this.#place(authMethodId, request);
    const form = await this.forms.read(request, `forgot:${authMethodId}`);
    const email = readEmailAddress(form.get('email'));
    if (email !== null && (await this.limits.mayMail(request, email))) await this.#ask(request, place, email);
    await waitOut(begun);
    const setting = pageSetting(this.registry.snapshot, request);
    const link = { href: placePath(setting.snapshot, place, 'login'), label: setting.language.words.login.title };
    sendPage(
      response,
      200,
      renderMessagePage(setting, ({ forgotPassword }) => forgotPassword.done, link),
    );
  }

  async #ask(request: Request, place: LoginPlace, email: string): Promise<void> {
    const { snapshot, language } = pageSetting(this.registry.snapshot, request);
    const { mails } = language.words;
    const token = newBrowserId();
    const link = placeUrl(snapshot, place, 'reset-password', token);
    const reset = sealMail(this.seal, { to: email, language, words: mails.reset(snapshot.title), link });
    const declared = sealMail(this.seal, { to: email, language, words: mails.declared(snapshot.title), link: null });
    await this.links.askForReset(email, hashToken(token), reset, declared);
    this.courier.wake();
  }

  async #place(authMethodId: string, request: Request): Promise<LoginPlace> {
    const place = await this.places.find(authMethodId, request);
    if (place.method.accounts === null) throw new PageError(404, ({ errors }) => errors.noPasswords);
    return place;
  }
}
