import { Controller, Get, Param, Post, Req, Res, UseFilters } from '@nestjs/common';
import type { Request, Response } from 'express';
import { Registry } from '#config/registry-holder.js';
import type { LiveSession } from '#persistence/authorization/session.store.js';
import { type AccountPerson, PersonStore } from '#persistence/user/person.store.js';
import { hashPassword, verifyPassword } from '#secrets/password.js';
import { decidePassword, PASSWORD_MIN_LENGTH } from '#secrets/password-policy.js';
import { PageError } from '../authorize/authorization-error.js';
import { AuthorizationFilter } from '../http/authorization.filter.js';
import { ClientAddresses } from '../http/client-addresses.js';
import { flowSecurity } from '../http/flow-security.js';
import { basePath, flowPath } from '../http/paths.js';
import { sendPage, sendRedirect } from '../http/reply.js';
import { type LoginAttempt, LoginAttempts } from '../login/login-attempts.js';
import { type LoginPlace, LoginPlaces, placePath } from '../login/login-place.js';
import { sealMail } from '../mail/compose-mail.js';
import { MailCourier } from '../mail/mail-courier.js';
import { MailSeal } from '../mail/mail-seal.js';
import { pageSetting } from '../pages/page-setting.js';
import { renderPersonForm } from '../pages/person-form-page.js';
import { BrowserSessions } from '../session/browser-sessions.js';
import { CheckedForms } from '../session/checked-forms.js';

/** What was wrong with a change, by field. */
interface ChangeFaults {
  readonly current?: string;
  readonly password?: string;
  readonly retryAfter?: number;
}

/** The old password is right. */
interface CheckedChange {
  readonly attempt: LoginAttempt;
  /** Hash that it was held against. */
  readonly checked: string | null;
}

/** A person who is logged in changes their password, because they want to or because they must. */
@Controller()
@UseFilters(AuthorizationFilter)
export class ChangePasswordController {
  constructor(
    private readonly registry: Registry,
    private readonly places: LoginPlaces,
    private readonly sessions: BrowserSessions,
    private readonly people: PersonStore,
    private readonly attempts: LoginAttempts,
    private readonly addresses: ClientAddresses,
    private readonly seal: MailSeal,
    private readonly courier: MailCourier,
    private readonly forms: CheckedForms,
  ) {}

  @Get(':authMethod/change-password')
  async show(@Param('authMethod') authMethodId: string, @Req() request: Request, @Res() response: Response): Promise<void> {
    const place = await this.places.find(authMethodId, request);
    const session = await this.sessions.current(request, authMethodId);
    if (session === null) return this.#toLogin(response, place);
    const person = await this.#person(session);
    this.#sendForm(request, response, place, session, person, {});
  }

  @Post(':authMethod/change-password')
  async change(@Param('authMethod') authMethodId: string, @Req() request: Request, @Res() response: Response): Promise<void> {
    const place = await this.places.find(authMethodId, request);
    const session = await this.sessions.current(request, authMethodId);
    if (session === null) return this.#toLogin(response, place);
    const form = await this.forms.read(request, purposeOf(session));
    const person = await this.#person(session);
    const password = form.get('password') ?? '';
    const judged = await this.#judge(request, authMethodId, person, form.get('current') ?? '', password);
    const faults = 'checked' in judged ? await this.#store(request, session, person, password, judged) : judged;
    if (faults !== null) {
      this.#sendForm(request, response, place, session, person, faults);
      return;
    }
    const { snapshot } = this.registry;
    const location = place.flow ? flowPath(snapshot, place.flow, 'continue') : `${basePath(snapshot)}/account`;
    sendRedirect(response, { status: 303, location });
  }

  async #judge(
    request: Request,
    authMethodId: string,
    person: AccountPerson,
    current: string,
    password: string,
  ): Promise<ChangeFaults | CheckedChange> {
    const { newPassword, changePassword } = pageSetting(this.registry.snapshot, request).language.words;
    const decision = decidePassword(password, person.email);
    if (!decision.accepted) return { password: newPassword.faults[decision.reason] };
    const attempt = { authMethodId, email: person.email, password: current, address: this.addresses.of(request) };
    const outcome = await this.attempts.verify(attempt, async () =>
      (await verifyPassword(person.passwordHash, current))
        ? { verified: true, identity: { userId: person.userId, passwordHash: person.passwordHash } }
        : { verified: false, reason: 'wrong-password' },
    );
    if (!outcome.verified) {
      return { current: changePassword.wrong, ...(outcome.reason === 'locked' ? { retryAfter: outcome.retryAfter } : {}) };
    }
    const isSame = await verifyPassword(person.passwordHash, password);
    return isSame ? { password: changePassword.same } : { attempt, checked: outcome.identity.passwordHash };
  }

  /** @returns what is wrong: the old password is no longer the person's; null: it is done */
  async #store(
    request: Request,
    session: LiveSession,
    person: AccountPerson,
    password: string,
    { attempt, checked }: CheckedChange,
  ): Promise<ChangeFaults | null> {
    const { snapshot, language } = pageSetting(this.registry.snapshot, request);
    const words = language.words.mails.passwordChanged(snapshot.title);
    const isChanged = await this.people.changePassword(
      {
        userId: person.userId,
        passwordHash: await hashPassword(password),
        keepSession: session.idHash,
        address: this.addresses.of(request),
      },
      checked,
      sealMail(this.seal, { to: person.email, language, words, link: null }),
    );
    if (!isChanged) {
      await this.attempts.recordChangedMeanwhile(attempt);
      return { current: language.words.changePassword.wrong };
    }
    this.courier.wake();
    return null;
  }

  /** @throws PageError for somebody whose password is kept elsewhere */
  async #person(session: LiveSession): Promise<AccountPerson> {
    const person = await this.people.findAccount(session.userId);
    if (person === null || person.passwordDeclared) throw new PageError(403, ({ errors }) => errors.passwordDeclared);
    if (person.passwordHash === null) throw new PageError(404, ({ errors }) => errors.noPasswords);
    return person;
  }

  #toLogin(response: Response, place: LoginPlace): void {
    sendRedirect(response, { status: 303, location: placePath(this.registry.snapshot, place, 'login') });
  }

  #sendForm(
    request: Request,
    response: Response,
    place: LoginPlace,
    session: LiveSession,
    person: AccountPerson,
    faults: ChangeFaults,
  ): void {
    const setting = pageSetting(this.registry.snapshot, request);
    const { changePassword, newPassword } = setting.language.words;
    const html = renderPersonForm(setting, {
      title: changePassword.title,
      lead: person.mustChangePassword ? changePassword.mustLead : changePassword.lead,
      csrf: this.forms.token(request, response, purposeOf(session)),
      fields: [
        {
          name: 'current',
          label: changePassword.current,
          type: 'password',
          error: faults.current,
          autocomplete: 'current-password',
          required: true,
        },
        {
          name: 'password',
          label: newPassword.label,
          type: 'password',
          hint: newPassword.hint(PASSWORD_MIN_LENGTH),
          error: faults.password,
          autocomplete: 'new-password',
          required: true,
          minLength: PASSWORD_MIN_LENGTH,
        },
      ],
      submit: changePassword.submit,
      links: person.mustChangePassword ? [] : [{ href: `${basePath(setting.snapshot)}/account`, label: changePassword.back }],
    });
    if (faults.retryAfter !== undefined) response.set('Retry-After', String(faults.retryAfter));
    const failed = faults.current !== undefined || faults.password !== undefined;
    sendPage(response, faults.retryAfter !== undefined ? 429 : failed ? 422 : 200, html, flowSecurity(place.flow));
  }
}

function purposeOf(session: LiveSession): string {
  return `change-password:${session.idHash.toString('hex')}`;
}
