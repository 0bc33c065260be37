import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { Response } from 'express';
import { AppLogger } from './app-logger.js';
import { describeFault } from './oauth-fault.js';

/** Errors of the token endpoint and its neighbours. */
@Catch()
export class OAuthFilter implements ExceptionFilter {
  constructor(private readonly logger: AppLogger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<Response>();
    if (response.headersSent) {
      response.destroy();
      return;
    }
    const { status, headers, body } = describeFault(error, this.logger.pino);
    response.status(status).set(headers).json(body);
  }
}
