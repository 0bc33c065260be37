import { Controller, Get, Param, Post, Req, Res, UseFilters } from '@nestjs/common';
import type { Request, Response } from 'express';
import { Registry } from '#config/registry-holder.js';
import { EmailLinkStore } from '#persistence/user/email-link.store.js';
import { AuthorizationFilter } from '../http/authorization.filter.js';
import { ClientAddresses } from '../http/client-addresses.js';
import { sendPage, sendRedirect } from '../http/reply.js';
import { LoginPlaces, placePath } from '../login/login-place.js';
import { pageSetting } from '../pages/page-setting.js';
import { renderPersonForm } from '../pages/person-form-page.js';
import { CheckedForms } from '../session/checked-forms.js';
import { linkGone, readLinkToken } from './link-token.js';

/** Confirms an e-mail address. Opening the link changes nothing, for mail scanners open links too: the button does. */
@Controller()
@UseFilters(AuthorizationFilter)
export class VerifyEmailController {
  constructor(
    private readonly registry: Registry,
    private readonly places: LoginPlaces,
    private readonly links: EmailLinkStore,
    private readonly addresses: ClientAddresses,
    private readonly forms: CheckedForms,
  ) {}

  @Get(':authMethod/verify-email')
  async show(@Param('authMethod') authMethodId: string, @Req() request: Request, @Res() response: Response): Promise<void> {
    await this.places.findByMail(authMethodId, request);
    const linkHash = readLinkToken(request);
    const email = await this.links.findEmail(linkHash, 'verify-email');
    if (email === null) throw linkGone();
    const setting = pageSetting(this.registry.snapshot, request);
    const { verifyEmail } = setting.language.words;
    const html = renderPersonForm(setting, {
      title: verifyEmail.title,
      lead: verifyEmail.lead(email),
      csrf: this.forms.token(request, response, purposeOf(linkHash)),
      fields: [],
      submit: verifyEmail.submit,
    });
    sendPage(response, 200, html);
  }

  @Post(':authMethod/verify-email')
  async verify(@Param('authMethod') authMethodId: string, @Req() request: Request, @Res() response: Response): Promise<void> {
    const place = await this.places.findByMail(authMethodId, request);
    const linkHash = readLinkToken(request);
    await this.forms.read(request, purposeOf(linkHash));
    if (!(await this.links.confirm(linkHash, this.addresses.of(request)))) throw linkGone();
    sendRedirect(response, { status: 303, location: placePath(this.registry.snapshot, place, 'login', { done: 'verified' }) });
  }
}

function purposeOf(linkHash: Buffer): string {
  return `verify-email:${linkHash.toString('hex')}`;
}
