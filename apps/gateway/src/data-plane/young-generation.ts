/**
 * What calls leave behind is collected many times a second, and of what is looked at then, hardly anything is still in use: less than a millisecond's work. V8 shares it
 * among threads, and leaves the buffers of what was dropped to another one. Waking them up and waiting for each other costs more than they do, the more so where every
 * core already has a worker of its own.
 */
import { setFlagsFromString } from 'node:v8';

/** Has the event loop's thread collect short-lived memory by itself. Where V8 does not know a flag, nothing changes. */
export function collectAlone(): void {
  setFlagsFromString('--no-parallel-scavenge');
  setFlagsFromString('--no-concurrent-array-buffer-sweeping');
}
