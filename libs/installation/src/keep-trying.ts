import type { Logger } from '#process/logger.js';

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;

export interface Trying {
  /** Resolves once nothing is tried any more. */
  close(): Promise<void>;
}

/** Does a piece of work until it succeeds, ever less often. Its failures are told once, and again where they change. */
export function keepTrying(work: () => Promise<void>, logger: Pick<Logger, 'warn'>, what: string): Trying {
  let pause = FIRST_PAUSE_MS;
  let told = '';
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  const attempt = async (): Promise<void> => {
    try {
      await work();
    } catch (error) {
      const { message } = error as Error;
      if (message !== told) logger.warn({ error: message }, what);
      told = message;
      if (closed) return;
      timer = setTimeout(() => {
        last = attempt();
      }, pause);
      pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
    }
  };
  let last = attempt();

  return {
    close: async () => {
      closed = true;
      clearTimeout(timer);
      await last;
    },
  };
}
