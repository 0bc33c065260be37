import type { Request, Response } from 'express';
import { CSRF_FIELD } from '#ui/components/form.js';
import { PageError } from '../authorize/authorization-error.js';
import { readFormBody } from '../http/form-body.js';
import type { Parameters } from '../protocol/parameters.js';
import type { BrowserSessions } from './browser-sessions.js';
import type { CsrfTokens } from './csrf.js';

/** Forms of this browser: gives them their anti-forgery token, and reads them only with it. */
export class CheckedForms {
  constructor(
    private readonly sessions: BrowserSessions,
    private readonly csrf: CsrfTokens,
  ) {}

  /** @param purpose names the form and what it is bound to */
  token(request: Request, response: Response, purpose: string): string {
    return this.csrf.token(this.sessions.ensureBrowserId(request, response), purpose);
  }

  /** @throws PageError when the form was not made for this browser and purpose, or cannot be read */
  async read(request: Request, purpose: string): Promise<Parameters> {
    const form = await readFormBody(request);
    if (!this.csrf.matches(form.get(CSRF_FIELD), this.sessions.browserId(request), purpose)) {
      throw new PageError(403, ({ errors }) => errors.formExpired);
    }
    return form;
  }
}
