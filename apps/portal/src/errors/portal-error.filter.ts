import { randomUUID } from 'node:crypto';
import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { Registry } from '#config/registry-holder.js';
import type { Logger } from '#process/logger.js';
import { errorPage } from './error.page.js';

/** Renders whatever goes wrong as a page. What is unexpected is logged under an id that the page shows, and nothing else. */
@Catch()
export class PortalErrorFilter implements ExceptionFilter {
  constructor(
    private readonly registry: Registry,
    private readonly logger: Logger,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<Request>();
    const response = http.getResponse<Response>();
    const status = statusOf(error);
    const id = randomUUID();
    if (status >= 500) this.logger.error({ err: error, id, method: request.method, path: request.path }, 'A page could not be shown');
    if (response.headersSent) {
      response.destroy();
      return;
    }
    response
      .status(status)
      .set('Cache-Control', 'no-store')
      .type('html')
      .send(errorPage(this.registry.snapshot, status, id));
  }
}

/** Express marks the faults of a request (such as an address that cannot be decoded) with `status`. */
function statusOf(error: unknown): number {
  if (error instanceof HttpException) return error.getStatus();
  const status = (error as { status?: unknown } | null)?.status;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : 500;
}
