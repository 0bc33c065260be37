import type { CallerListener } from './caller.js';

const SECOND_MS = 1_000;

type Waiting = Set<CallerListener>;

/** By the second in which they began: those of two seconds ago have lasted. */
let young: Waiting = new Set();
let older: Waiting = new Set();
let clock: NodeJS.Timeout | null = null;

/** Tells a listener once when its call has lasted for one to two seconds. @returns what ends the wait */
export function watchLasting(listener: CallerListener): () => void {
  young.add(listener);
  clock ??= setInterval(onSecond, SECOND_MS).unref();
  return () => {
    if (!young.delete(listener)) older.delete(listener);
  };
}

function onSecond(): void {
  const lasting = older;
  older = young;
  young = new Set();
  for (const listener of lasting) listener.onLasting();
  if (older.size > 0 || clock === null) return;
  clearInterval(clock);
  clock = null;
}
