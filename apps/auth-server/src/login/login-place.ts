import type { Request } from 'express';
import type { PasswordAuthMethod } from '#auth-methods/auth-method.js';
import type { AuthMethodEntry, RegistrySnapshot } from '#config/registry.js';
import type { Registry } from '#config/registry-holder.js';
import { PageError } from '../authorize/authorization-error.js';
import type { FlowInProgress, FlowLookup } from '../dispatch/flow-in-progress.js';
import { basePath } from '../http/paths.js';
import { rawQuery } from '../http/reply.js';
import { parseFormParameters } from '../protocol/form-parameters.js';
import type { BrowserSessions } from '../session/browser-sessions.js';
import type { ConfiguredAuthMethods } from './configured-auth-methods.js';

/** The pages of one auth method around the login, for a flow (`?request=`) or for the account. */
export interface LoginPlace {
  readonly entry: AuthMethodEntry;
  readonly method: PasswordAuthMethod;
  /** null: for the account. No address to return to is ever taken from a request. */
  readonly flow: FlowInProgress | null;
  /** Parameters that go along from page to page. */
  readonly carried: Readonly<Record<string, string>>;
}

export type PersonStep = 'login' | 'signup' | 'verify-email' | 'forgot-password' | 'reset-password' | 'change-password';

/** Finds the place of a request. */
export class LoginPlaces {
  constructor(
    private readonly registry: Registry,
    private readonly methods: ConfiguredAuthMethods,
    private readonly flows: FlowLookup,
    private readonly sessions: BrowserSessions,
  ) {}

  /** @throws PageError where there is no such auth method, or the flow cannot go on */
  async find(authMethodId: string, request: Request): Promise<LoginPlace> {
    const place = this.#withoutFlow(authMethodId, request);
    const id = place.carried.request;
    return id === undefined ? place : { ...place, flow: await this.flows.find(id, this.sessions.browserId(request), authMethodId) };
  }

  /** For links in mails, which may be opened hours later or in another browser: a flow that cannot go on is left out. */
  async findByMail(authMethodId: string, request: Request): Promise<LoginPlace> {
    try {
      return await this.find(authMethodId, request);
    } catch (error) {
      if (!(error instanceof PageError)) throw error;
      const place = this.#withoutFlow(authMethodId, request);
      const { request: _, ...carried } = place.carried;
      return { ...place, carried };
    }
  }

  #withoutFlow(authMethodId: string, request: Request): LoginPlace {
    const entry = this.registry.snapshot.authMethods.get(authMethodId);
    const method = this.methods.get(authMethodId);
    if (!entry || !method) throw new PageError(404, ({ errors }) => errors.noAuthMethod);
    const query = parseFormParameters(rawQuery(request));
    const carried = Object.fromEntries(['request', 'ui_locales'].flatMap((name) => pairOf(name, query.get(name))));
    return { entry, method, flow: null, carried };
  }
}

function pairOf(name: string, value: string | undefined): [string, string][] {
  return value === undefined ? [] : [[name, value]];
}

/** Path and query of another page of the place, as browsers see it. */
export function placePath(
  snapshot: RegistrySnapshot,
  { entry, carried }: LoginPlace,
  step: PersonStep,
  more: Readonly<Record<string, string>> = {},
): string {
  const query = new URLSearchParams({ ...more, ...carried }).toString();
  return `${basePath(snapshot)}/${entry.id}/${step}${query === '' ? '' : `?${query}`}`;
}

/** The same page as a link in a mail. */
export function placeUrl(snapshot: RegistrySnapshot, place: LoginPlace, step: PersonStep, token: string): string {
  return new URL(placePath(snapshot, place, step, { token }), snapshot.publicUrls.auth).href;
}
