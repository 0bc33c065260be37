import type { Logger } from '#process/logger.js';

/** Lines of one level in a second. */
const MOST_LINES = 20;

/** A logger for what may happen in every call, and counts what it does not write. */
export interface BoundedLogger {
  readonly logger: Logger;
  readonly suppressed: number;
}

/**
 * Warnings and errors of calls, so many a second: an upstream that is down must not drown the log. Each level's first line after a
 * pause says how many were left out.
 * @param now milliseconds
 */
export function boundLogger(logger: Logger, now: () => number = Date.now): BoundedLogger {
  let suppressed = 0;
  const bounded = Object.create(logger) as Logger;
  for (const level of ['warn', 'error'] as const) {
    let second = 0;
    let lines = 0;
    let leftOut = 0;
    bounded[level] = (fields: unknown, message?: string) => {
      const current = Math.floor(now() / 1_000);
      if (current !== second) {
        second = current;
        lines = 0;
      }
      if (++lines > MOST_LINES) {
        leftOut++;
        suppressed++;
        return;
      }
      if (leftOut > 0) logger[level]({ lines: leftOut }, 'Lines about calls were left out.');
      leftOut = 0;
      logger[level](fields, message);
    };
  }
  return {
    logger: bounded,
    get suppressed() {
      return suppressed;
    },
  };
}
