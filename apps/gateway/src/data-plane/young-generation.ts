/**
 * What calls leave behind is collected many times a second, and of what is looked at then, hardly anything is still in use: half a
 * millisecond's work, however much there is of it. V8 shares it among threads, whose waking up and waiting for each other costs more than
 * they do, the more so where every core already has a worker of its own. Buffers of what was dropped are freed by another thread all the
 * same: that takes as long again, and no call waits for it.
 *
 * A process that rests gives most of the room for such memory back. V8 then lets it grow to double its size each time that it is
 * outgrown, and while it is small it is collected the more often: for seconds, calls after a rest would cost a tenth more.
 */
import { setFlagsFromString } from 'node:v8';

/** From what a rest leaves to the most that there may be. */
const GROWTH = 16;

/**
 * Has the event loop's thread collect short-lived memory by itself, and the room for that grow to its full size at once. A V8 that does not
 * know the flags says so on standard error, and goes on as it did.
 */
export function tuneYoungGeneration(): void {
  setFlagsFromString('--no-parallel-scavenge');
  setFlagsFromString(`--semi-space-growth-factor=${GROWTH}`);
}
