import type { Logger } from '#process/logger.js';
import { reportUnexpectedError } from '../http/unexpected-error.js';
import { AuthorizationError, PageError, type VerifiedTarget } from './authorization-error.js';

/** Runs what follows the verification of a redirect URI: whatever goes wrong in it is told to the client (RFC 6749 §4.1.2.1). */
export async function sendErrorsTo<T>(target: VerifiedTarget, logger: Logger, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof AuthorizationError || error instanceof PageError) throw error;
    const { id, temporary } = reportUnexpectedError(logger, error);
    throw new AuthorizationError(target, temporary ? 'temporarily_unavailable' : 'server_error', `The error has the id ${id}`);
  }
}
