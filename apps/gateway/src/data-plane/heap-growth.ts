/**
 * Bodies that clients send pass through buffers that live for a moment; tens of megabytes of them come together before the young are
 * collected. V8 counts them towards the next collection of the whole heap, and where little else is had anew it lets the heap grow by a
 * tenth alone until then: once a process was collected for the first time, each few megabytes of an upload had the whole heap looked
 * through again, at four times the cost of passing them on.
 *
 * From V8 13 on (Node.js 24) they have a limit of their own beside that: 64 MB more of them than after the last collection, and the whole
 * heap is collected, whatever it may grow by. That is as many as V8 13 lets come together before it collects the young.
 */
import { setFlagsFromString } from 'node:v8';

/** By how much the heap may grow on what was found alive, before it is collected as a whole (percent). */
const GROWTH = 150;

/** Buffers of the young that V8 13 lets come together, in quarters: 32 MB, as many as those before it did. */
const YOUNG = 8;

/**
 * Lets the heap grow to two and a half times what is alive, buffers included; V8 by itself chooses between a tenth more and four times.
 * One that does not know the flag says so on standard error, and goes on as it would.
 */
export function letHeapGrow(): void {
  setFlagsFromString(`--heap-growing-percent=${GROWTH}`);
  const version = Number.parseInt(process.versions.v8, 10);
  // What buffers hold counts as part of what may grow, in place of the limit of its own.
  if (version >= 13) setFlagsFromString('--external-memory-accounted-in-global-limit');
  if (version === 13) setFlagsFromString(`--scavenger-max-new-space-capacity-mb=${YOUNG}`);
}
