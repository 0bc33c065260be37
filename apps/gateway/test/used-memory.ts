import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Collects all garbage there is. */
export function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}

/** Bytes of the heap that are in use once garbage is collected. */
export function usedMemory(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}
