import { Controller, Get, Post, Req, Res, UseFilters } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { Pool } from '#config/registry.js';
import { Registry } from '#config/registry-holder.js';
import type { LiveSession } from '#persistence/authorization/session.store.js';
import { type Registration, RegistrationStore } from '#persistence/registration/registration.store.js';
import { PageError } from '../authorize/authorization-error.js';
import { AuthorizationFilter } from '../http/authorization.filter.js';
import { ClientAddresses } from '../http/client-addresses.js';
import { basePath } from '../http/paths.js';
import { rawQuery, sendPage, sendRedirect } from '../http/reply.js';
import { pageSetting } from '../pages/page-setting.js';
import { renderRegistrationForm } from '../pages/registration-page.js';
import { parseFormParameters } from '../protocol/form-parameters.js';
import { type ReadProperties, readProperties } from '../registration/read-properties.js';
import { BrowserSessions } from '../session/browser-sessions.js';
import { CheckedForms } from '../session/checked-forms.js';

interface OwnRegistration {
  readonly session: LiveSession;
  readonly pool: Pool;
  readonly registration: Registration;
}

/** A person changes what they told about themselves. */
@Controller('account/registrations')
@UseFilters(AuthorizationFilter)
export class RegistrationsController {
  constructor(
    private readonly registry: Registry,
    private readonly registrations: RegistrationStore,
    private readonly sessions: BrowserSessions,
    private readonly addresses: ClientAddresses,
    private readonly forms: CheckedForms,
  ) {}

  @Get()
  async show(@Req() request: Request, @Res() response: Response): Promise<void> {
    const own = await this.#find(request);
    this.#sendForm(request, response, own, { values: own.registration.properties, faults: new Map() });
  }

  @Post()
  async change(@Req() request: Request, @Res() response: Response): Promise<void> {
    const own = await this.#find(request);
    const form = await this.forms.read(request, formPurpose(own));
    const read = readProperties(own.pool, form);
    if (read.faults.size > 0) return this.#sendForm(request, response, own, read);
    const { poolId, namespace, properties } = own.registration;
    // What an earlier form of the pool asked for is kept.
    const asked = new Set(own.pool.properties.map(({ id }) => id));
    const kept = Object.fromEntries(Object.entries(properties).filter(([id]) => !asked.has(id)));
    const next = { userId: own.session.userId, poolId, namespace, properties: { ...kept, ...read.values } };
    await this.registrations.update({ ...next, address: this.addresses.of(request) });
    sendRedirect(response, { status: 303, location: `${basePath(this.registry.snapshot)}/account` });
  }

  /** @throws PageError where the person has no such registration, or nobody is logged in */
  async #find(request: Request): Promise<OwnRegistration> {
    const query = parseFormParameters(rawQuery(request));
    const pool = this.registry.snapshot.pools.get(query.get('pool') ?? '');
    const [session] = await this.sessions.all(request);
    const registrations = session && pool ? await this.registrations.listOfPool(session.userId, pool.id) : [];
    const registration = registrations.find(({ namespace }) => namespace === (query.get('namespace') ?? ''));
    if (!session || session.mustChangePassword || !pool || !registration) throw new PageError(404, ({ errors }) => errors.noRegistration);
    return { session, pool, registration };
  }

  #sendForm(request: Request, response: Response, own: OwnRegistration, read: ReadProperties): void {
    const { snapshot } = this.registry;
    const setting = pageSetting(snapshot, request);
    const { words } = setting.language;
    const html = renderRegistrationForm(setting, {
      lead: ({ registration }) => registration.editLead(own.registration.namespace),
      pool: own.pool,
      csrf: this.forms.token(request, response, formPurpose(own)),
      read,
      links: [{ href: `${basePath(snapshot)}/account`, label: words.changePassword.back }],
    });
    sendPage(response, read.faults.size > 0 ? 422 : 200, html);
  }
}

function formPurpose({ session, registration }: OwnRegistration): string {
  return `registration:${session.idHash.toString('hex')}:${registration.poolId}:${registration.namespace}`;
}
