import type { Logger } from '#process/logger.js';

/** The process's logger, under a class that Nest can inject. */
export class AppLogger {
  constructor(readonly pino: Logger) {}
}
