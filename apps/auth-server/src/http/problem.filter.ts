import { randomUUID } from 'node:crypto';
import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import type { Request, Response } from 'express';
import { PROBLEM_TYPE, renderProblem } from '#http/problem.js';
import { AppLogger } from './app-logger.js';
import { NO_STORE } from './reply.js';
import { reportUnexpectedError } from './unexpected-error.js';

/** Everything that is neither an OAuth endpoint nor a page: problem details (RFC 9457). */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly logger: AppLogger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<Request>();
    const response = host.switchToHttp().getResponse<Response>();
    if (response.headersSent) {
      response.destroy();
      return;
    }
    const [status, detail, id] = this.#describe(error, request);
    response
      .status(status)
      .set({ ...NO_STORE, 'Content-Type': PROBLEM_TYPE })
      .end(renderProblem(status, detail, id));
  }

  #describe(error: unknown, request: Request): [status: number, detail: string, id: string] {
    const status = error instanceof HttpException ? error.getStatus() : badRequestStatus(error);
    if (status === 404) return [404, `There is nothing at ${request.path}`, randomUUID()];
    if (status !== null && status < 500) return [status, 'The request could not be understood', randomUUID()];
    const { id, temporary } = reportUnexpectedError(this.logger.pino, error);
    return temporary ? [503, 'Please try again in a moment', id] : [500, 'Something went wrong', id];
  }
}

/** Express reports a path that cannot be decoded as an error with a status. */
function badRequestStatus(error: unknown): number | null {
  const status = (error as { status?: unknown } | null)?.status;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : null;
}
