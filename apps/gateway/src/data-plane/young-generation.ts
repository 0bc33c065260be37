/**
 * What calls leave behind is collected many times a second, and of what is looked at then, hardly anything is still in use: half a millisecond's work. V8 shares it
 * among threads, whose waking up and waiting for each other costs more than they do, the more so where every core already has a worker of its own. Buffers of
 * what was dropped are freed by another thread all the same: that takes as long again, and no call waits for it.
 */
import { setFlagsFromString } from 'node:v8';

/** Has the event loop's thread collect short-lived memory by itself. A V8 that does not know the flag says so on standard error, and goes on as it did. */
export function collectAlone(): void {
  setFlagsFromString('--no-parallel-scavenge');
}
