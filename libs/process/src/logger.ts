import type { LoggerService } from '@nestjs/common';
import { type Logger, pino } from 'pino';
import type { LogLevel } from './environment.js';

export type { Logger } from 'pino';

/** Fields that must never reach a log line: they are censored at its top and one level below. What is deeper, who writes the line leaves out. */
const SECRET_FIELDS = [
  'password',
  'secret',
  'token',
  'access_token',
  'refresh_token',
  'client_secret',
  'code',
  'code_verifier',
  'authorization',
  'cookie',
];

/**
 * What a line tells of an error. Its other fields stay out: a driver's hold the parameters of a statement. PostgreSQL's message may quote a value
 * that is no UUID, number or time (class 22): those are ids and the like; secrets go to it as bytes and text, of which any will do. The code has a
 * name of its own, since `code` is an authorization code's.
 */
function tellError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { type, message, stack } = pino.stdSerializers.err(error);
  return { type, message, errorCode: (error as NodeJS.ErrnoException).code, stack };
}

/** JSON lines on standard error. @param app name of the process, on every line; and its number where it is one of several */
export function createLogger(level: LogLevel, app: string, worker?: number): Logger {
  const base = worker === undefined ? { app } : { app, worker };
  return pino(
    {
      level,
      base,
      serializers: { err: tellError },
      redact: { paths: SECRET_FIELDS.flatMap((field) => [field, `*.${field}`]), censor: '[secret]' },
    },
    pino.destination({ fd: 2, sync: true }),
  );
}

/** Lets Nest speak through our logger; its start-up chatter is for debugging. */
export function nestLogger(logger: Logger): LoggerService {
  return {
    log: (message: unknown) => logger.debug({ from: 'nest' }, String(message)),
    debug: (message: unknown) => logger.debug({ from: 'nest' }, String(message)),
    verbose: (message: unknown) => logger.trace({ from: 'nest' }, String(message)),
    warn: (message: unknown) => logger.warn({ from: 'nest' }, String(message)),
    error: (message: unknown, stack?: unknown) => logger.error({ from: 'nest', stack }, String(message)),
    fatal: (message: unknown) => logger.fatal({ from: 'nest' }, String(message)),
  };
}
