import { Controller, Get, Param, Post, Req, Res, UseFilters } from '@nestjs/common';
import type { Request, Response } from 'express';
import { Registry } from '#config/registry-holder.js';
import { EmailLinkStore } from '#persistence/user/email-link.store.js';
import { hashPassword } from '#secrets/password.js';
import { decidePassword, PASSWORD_MIN_LENGTH } from '#secrets/password-policy.js';
import { hashToken, newBrowserId } from '#secrets/token.js';
import { PageError } from '../authorize/authorization-error.js';
import { AuthorizationFilter } from '../http/authorization.filter.js';
import { ClientAddresses } from '../http/client-addresses.js';
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

/** Creates accounts. An address that has one gets the same page and the same time; its owner is told by mail. */
@Controller()
@UseFilters(AuthorizationFilter)
export class SignupController {
  constructor(
    private readonly registry: Registry,
    private readonly places: LoginPlaces,
    private readonly links: EmailLinkStore,
    private readonly limits: MailLimits,
    private readonly addresses: ClientAddresses,
    private readonly seal: MailSeal,
    private readonly courier: MailCourier,
    private readonly forms: CheckedForms,
  ) {}

  @Get(':authMethod/signup')
  async show(@Param('authMethod') authMethodId: string, @Req() request: Request, @Res() response: Response): Promise<void> {
    const place = await this.#place(authMethodId, request);
    this.#sendForm(request, response, place, { email: place.flow?.pending.request.loginHint ?? '' });
  }

  @Post(':authMethod/signup')
  async signUp(@Param('authMethod') authMethodId: string, @Req() request: Request, @Res() response: Response): Promise<void> {
    const begun = performance.now();
    const place = await this.#place(authMethodId, request);
    const form = await this.forms.read(request, `signup:${authMethodId}`);
    const typed = form.get('email') ?? '';
    const password = form.get('password') ?? '';
    const email = readEmailAddress(typed);
    const decision = decidePassword(password, email ?? typed);
    const { language } = pageSetting(this.registry.snapshot, request);
    const { words } = language;
    if (email === null || !decision.accepted) {
      this.#sendForm(request, response, place, {
        email: typed,
        ...(email === null ? { emailError: words.signup.emailInvalid } : {}),
        ...(decision.accepted ? {} : { passwordError: words.newPassword.faults[decision.reason] }),
      });
      return;
    }
    if (await this.limits.mayMail(request, email)) await this.#store(request, place, email, password);
    await waitOut(begun);
    const { snapshot } = this.registry;
    const link = { href: placePath(snapshot, place, 'login'), label: words.login.title };
    sendPage(
      response,
      200,
      renderMessagePage(pageSetting(snapshot, request), ({ signup }) => signup.done(email), link),
    );
  }

  async #store(request: Request, place: LoginPlace, email: string, password: string): Promise<void> {
    const { snapshot } = this.registry;
    const { language } = pageSetting(snapshot, request);
    const { mails } = language.words;
    const token = newBrowserId();
    const confirmation = mails.confirmation(snapshot.title);
    const alreadyThere = mails.alreadyThere(snapshot.title);
    const forgotten = new URL(placePath(snapshot, { ...place, carried: {} }, 'forgot-password'), snapshot.publicUrls.auth).href;
    await this.links.signUp({
      email,
      passwordHash: await hashPassword(password),
      linkHash: hashToken(token),
      trusted: place.method.accounts?.trusted ?? false,
      confirmation: sealMail(this.seal, {
        to: email,
        language,
        words: confirmation,
        link: placeUrl(snapshot, place, 'verify-email', token),
      }),
      alreadyThere: sealMail(this.seal, { to: email, language, words: alreadyThere, link: forgotten }),
      address: this.addresses.of(request),
    });
    this.courier.wake();
  }

  async #place(authMethodId: string, request: Request): Promise<LoginPlace> {
    const place = await this.places.find(authMethodId, request);
    if (!place.method.accounts?.signUp) throw new PageError(404, ({ errors }) => errors.noSignup);
    return place;
  }

  #sendForm(
    request: Request,
    response: Response,
    place: LoginPlace,
    form: { email: string; emailError?: string; passwordError?: string },
  ): void {
    const { snapshot } = this.registry;
    const setting = pageSetting(snapshot, request);
    const { signup, login, newPassword } = setting.language.words;
    const html = renderPersonForm(setting, {
      title: signup.title,
      lead: signup.lead(snapshot.title),
      csrf: this.forms.token(request, response, `signup:${place.entry.id}`),
      fields: [
        {
          name: 'email',
          label: login.email,
          type: 'email',
          value: form.email,
          error: form.emailError,
          autocomplete: 'username',
          required: true,
          maxLength: 254,
        },
        {
          name: 'password',
          label: newPassword.label,
          type: 'password',
          hint: newPassword.hint(PASSWORD_MIN_LENGTH),
          error: form.passwordError,
          autocomplete: 'new-password',
          required: true,
          minLength: PASSWORD_MIN_LENGTH,
        },
      ],
      submit: signup.submit,
      links: [{ href: placePath(snapshot, place, 'login'), label: signup.haveAccount }],
    });
    sendPage(response, form.emailError || form.passwordError ? 422 : 200, html);
  }
}
