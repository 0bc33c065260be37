import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { Request, Response } from 'express';
import { Registry } from '#config/registry-holder.js';
import { AuthorizationError, PageError } from '../authorize/authorization-error.js';
import { renderMessagePage } from '../pages/message-page.js';
import { pageSetting } from '../pages/page-setting.js';
import { safeDescription } from '../protocol/oauth-error.js';
import { answerTo } from '../protocol/redirect-uri.js';
import { AppLogger } from './app-logger.js';
import { sendPage, sendRedirect } from './reply.js';
import { reportUnexpectedError } from './unexpected-error.js';

/** Errors of the authorization endpoint and its pages: by redirect where the redirect URI was verified, else as a page. */
@Catch()
export class AuthorizationFilter implements ExceptionFilter {
  constructor(
    private readonly registry: Registry,
    private readonly logger: AppLogger,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<Request>();
    const response = host.switchToHttp().getResponse<Response>();
    if (response.headersSent) {
      response.destroy();
      return;
    }
    if (error instanceof AuthorizationError) {
      // RFC 6749 §4.1.2.1; `iss` on errors too (RFC 9207 §2).
      const { state, issuerUrl } = error.target;
      const description = safeDescription(error.description);
      const location = answerTo(error.target, { error: error.code, error_description: description, state, iss: issuerUrl });
      sendRedirect(response, { status: 302, location });
      return;
    }
    const page = error instanceof PageError ? error : this.#unexpected(error);
    response.set(page.headers);
    sendPage(response, page.status, renderMessagePage(pageSetting(this.registry.snapshot, request), page.say));
  }

  #unexpected(error: unknown): PageError {
    const { id, temporary } = reportUnexpectedError(this.logger.pino, error);
    return temporary
      ? new PageError(503, ({ errors }) => errors.unavailable(id))
      : new PageError(500, ({ errors }) => errors.unexpected(id));
  }
}
