import { Controller, Get, Param, Post, Req, Res, UseFilters } from '@nestjs/common';
import type { Request, Response } from 'express';
import { Registry } from '#config/registry-holder.js';
import { AttemptStore } from '#persistence/limit/attempt.store.js';
import { EmailLinkStore } from '#persistence/user/email-link.store.js';
import { hashPassword } from '#secrets/password.js';
import { decidePassword, PASSWORD_MIN_LENGTH, type PasswordFault } from '#secrets/password-policy.js';
import { AuthorizationFilter } from '../http/authorization.filter.js';
import { ClientAddresses } from '../http/client-addresses.js';
import { sendPage, sendRedirect } from '../http/reply.js';
import { guessesAt } from '../login/login-attempts.js';
import { LoginPlaces, placePath } from '../login/login-place.js';
import { sealMail } from '../mail/compose-mail.js';
import { MailCourier } from '../mail/mail-courier.js';
import { MailSeal } from '../mail/mail-seal.js';
import { pageSetting } from '../pages/page-setting.js';
import { renderPersonForm } from '../pages/person-form-page.js';
import { CheckedForms } from '../session/checked-forms.js';
import { linkGone, readLinkToken } from './link-token.js';

/** Sets a new password by a link from a mail. The link is used up by a password that is accepted, not by looking at it. */
@Controller()
@UseFilters(AuthorizationFilter)
export class ResetPasswordController {
  constructor(
    private readonly registry: Registry,
    private readonly places: LoginPlaces,
    private readonly links: EmailLinkStore,
    private readonly attempts: AttemptStore,
    private readonly addresses: ClientAddresses,
    private readonly seal: MailSeal,
    private readonly courier: MailCourier,
    private readonly forms: CheckedForms,
  ) {}

  @Get(':authMethod/reset-password')
  async show(@Param('authMethod') authMethodId: string, @Req() request: Request, @Res() response: Response): Promise<void> {
    await this.places.findByMail(authMethodId, request);
    const linkHash = readLinkToken(request);
    const email = await this.links.findEmail(linkHash, 'reset-password');
    if (email === null) throw linkGone();
    this.#sendForm(request, response, linkHash, email, null);
  }

  @Post(':authMethod/reset-password')
  async reset(@Param('authMethod') authMethodId: string, @Req() request: Request, @Res() response: Response): Promise<void> {
    const place = await this.places.findByMail(authMethodId, request);
    const linkHash = readLinkToken(request);
    const form = await this.forms.read(request, purposeOf(linkHash));
    const email = await this.links.findEmail(linkHash, 'reset-password');
    if (email === null) throw linkGone();
    const password = form.get('password') ?? '';
    const decision = decidePassword(password, email);
    if (!decision.accepted) {
      this.#sendForm(request, response, linkHash, email, decision.reason);
      return;
    }
    const { snapshot, language } = pageSetting(this.registry.snapshot, request);
    const told = sealMail(this.seal, { to: email, language, words: language.words.mails.passwordChanged(snapshot.title), link: null });
    if ((await this.links.reset(linkHash, await hashPassword(password), told, this.addresses.of(request))) === null) throw linkGone();
    // Whoever was locked out by wrong passwords is let in again by the right one.
    await this.attempts.clear(guessesAt(email));
    this.courier.wake();
    sendRedirect(response, { status: 303, location: placePath(snapshot, place, 'login', { done: 'password' }) });
  }

  #sendForm(request: Request, response: Response, linkHash: Buffer, email: string, fault: PasswordFault | null): void {
    const setting = pageSetting(this.registry.snapshot, request);
    const { resetPassword, newPassword } = setting.language.words;
    const html = renderPersonForm(setting, {
      title: resetPassword.title,
      lead: resetPassword.lead(email),
      csrf: this.forms.token(request, response, purposeOf(linkHash)),
      fields: [
        {
          name: 'password',
          label: newPassword.label,
          type: 'password',
          hint: newPassword.hint(PASSWORD_MIN_LENGTH),
          error: fault === null ? undefined : newPassword.faults[fault],
          autocomplete: 'new-password',
          required: true,
          minLength: PASSWORD_MIN_LENGTH,
        },
      ],
      submit: resetPassword.submit,
    });
    sendPage(response, fault === null ? 200 : 422, html);
  }
}

function purposeOf(linkHash: Buffer): string {
  return `reset-password:${linkHash.toString('hex')}`;
}
