import type { Logger } from '#process/logger.js';
import { OAuthError, safeDescription } from '../protocol/oauth-error.js';
import { NO_STORE } from './reply.js';
import { reportUnexpectedError } from './unexpected-error.js';

/** An answer of JSON (RFC 6749 §5.2). */
export interface OAuthFault {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: { readonly error: string; readonly error_description: string };
}

/** Says how an error is answered; what is private about it goes to the log. */
export function describeFault(error: unknown, logger: Logger): OAuthFault {
  const fault = error instanceof OAuthError ? error : unexpected(error, logger);
  if (fault.message !== fault.description) logger.info({ error: fault.code, reason: fault.message }, 'token request refused');
  return {
    status: fault.status,
    headers: { ...NO_STORE, ...fault.headers },
    body: { error: fault.code, error_description: safeDescription(fault.description) },
  };
}

function unexpected(error: unknown, logger: Logger): OAuthError {
  const { id, temporary } = reportUnexpectedError(logger, error);
  return new OAuthError(temporary ? 'temporarily_unavailable' : 'server_error', `The error has the id ${id}`);
}
