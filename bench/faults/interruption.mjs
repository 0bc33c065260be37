/** Whoever breaks things on purpose must mend them, also when told to stop halfway. */
import { setTimeout as delay } from 'node:timers/promises';

const controller = new AbortController();
/** Aborted by the first SIGINT or SIGTERM. */
export const interruption = controller.signal;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    if (!interruption.aborted) console.error(`${signal}: everything is stopped…`);
    controller.abort(new Error(`Stopped by ${signal}.`));
  });
}

/** @throws (rejects) once it is interrupted */
export function wait(ms) {
  return delay(ms, undefined, { signal: interruption });
}

/** Resolves as the promise does. @throws (rejects) once it is interrupted, whatever the promise still waits for */
export function orInterruption(promise) {
  return Promise.race([
    promise,
    new Promise((_, reject) => {
      if (interruption.aborted) reject(interruption.reason);
      interruption.addEventListener('abort', () => reject(interruption.reason), { once: true });
    }),
  ]);
}
