/**
 * Bodies that clients send pass through buffers that live for a moment; tens of megabytes of them come together before the young are
 * collected. V8 counts them towards the next collection of the whole heap, and where little else is had anew it lets the heap grow by a
 * tenth alone until then: once a process was collected for the first time, each few megabytes of an upload had the whole heap looked
 * through again, at four times the cost of passing them on.
 */
import { setFlagsFromString } from 'node:v8';

/** By how much the heap may grow on what was found alive, before it is collected as a whole (percent). */
const GROWTH = 150;

/**
 * Lets the heap grow to two and a half times what is alive; V8 by itself chooses between a tenth more and four times. One that does
 * not know the flag says so on standard error, and goes on as it would.
 */
export function letHeapGrow(): void {
  setFlagsFromString(`--heap-growing-percent=${GROWTH}`);
}
