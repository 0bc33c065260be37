import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import type { Response } from 'express';
import { AppLogger } from '../http/app-logger.js';
import { NO_STORE } from '../http/reply.js';
import { reportUnexpectedError } from '../http/unexpected-error.js';
import { BearerError } from './bearer-error.js';

/** Errors of the userinfo endpoint: a challenge, and JSON (OpenID Connect Core §5.3.3, RFC 6750 §3). */
@Catch()
export class BearerFilter implements ExceptionFilter {
  constructor(private readonly logger: AppLogger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<Response>();
    if (response.headersSent) {
      response.destroy();
      return;
    }
    response.set(NO_STORE);
    if (error instanceof BearerError) {
      response.status(error.status).set('WWW-Authenticate', error.challenge);
      response.json({ error: error.code ?? 'unauthorized', error_description: error.description });
      return;
    }
    if (error instanceof HttpException) {
      response.status(error.getStatus()).json({ error: 'invalid_request', error_description: error.message });
      return;
    }
    const { id, temporary } = reportUnexpectedError(this.logger.pino, error);
    const code = temporary ? 'temporarily_unavailable' : 'server_error';
    response.status(temporary ? 503 : 500).json({ error: code, error_description: `The error has the id ${id}` });
  }
}
