/** Errors that nobody foresaw: told by an id to those who asked, and to the log as any error (process/logger.ts). */
import { randomUUID } from 'node:crypto';
import type { Logger } from '#process/logger.js';

/** Failures of the way to the database, as `node:net` (E…) and PostgreSQL (SQLSTATE classes 08, 53, 57P) name them. */
const STORE_UNREACHABLE = /^(ECONNREFUSED|ECONNRESET|ENOENT|EPIPE|ETIMEDOUT|08...|53...|57P0.)$/;

export interface UnexpectedError {
  readonly id: string;
  /** The database could not be reached: trying again later makes sense. */
  readonly temporary: boolean;
}

/** Logs the error under a new id. */
export function reportUnexpectedError(logger: Pick<Logger, 'error'>, error: unknown): UnexpectedError {
  const id = randomUUID();
  const err: NodeJS.ErrnoException = error instanceof Error ? error : new Error(String(error));
  const temporary =
    STORE_UNREACHABLE.test(err.code ?? '') || /connection (timeout|terminated)|timeout exceeded when trying/i.test(err.message);
  logger.error({ errorId: id, err }, err.message);
  return { id, temporary };
}
