/** Errors that nobody foresaw: told by an id to those who asked, written whole to the log. */
import { randomUUID } from 'node:crypto';
import type { Logger } from '#process/logger.js';

/** Failures of the way to the database, as `node:net` (E…) and PostgreSQL (SQLSTATE classes 08, 53, 57P) name them. */
const STORE_UNREACHABLE = /^(ECONNREFUSED|ECONNRESET|ENOENT|EPIPE|ETIMEDOUT|08...|53...|57P0.)$/;

export interface UnexpectedError {
  readonly id: string;
  /** The database could not be reached: trying again later makes sense. */
  readonly temporary: boolean;
}

/** Logs the error under a new id. What it was called with (query parameters among it) stays out of the log. */
export function reportUnexpectedError(logger: Logger, error: unknown): UnexpectedError {
  const id = randomUUID();
  const { message, stack, code }: NodeJS.ErrnoException = error instanceof Error ? error : new Error(String(error));
  const temporary = STORE_UNREACHABLE.test(code ?? '') || /connection (timeout|terminated)|timeout exceeded when trying/i.test(message);
  logger.error({ errorId: id, errorCode: code, stack }, message);
  return { id, temporary };
}
