const SECOND_MS = 1_000;

export interface WatchedCall {
  /** It has lasted for one to two seconds; said once. */
  onLasting(): void;
  /** Called each second from then on. */
  onSecond(): void;
}

type Waiting = Set<WatchedCall>;

/** By the second in which they began: those of two seconds ago have lasted. */
let young: Waiting = new Set();
let older: Waiting = new Set();
const lasting: Waiting = new Set();
let clock: NodeJS.Timeout | null = null;

/** @returns what ends the watch */
export function watchLasting(call: WatchedCall): () => void {
  young.add(call);
  clock ??= setInterval(onSecond, SECOND_MS).unref();
  return () => {
    if (!young.delete(call) && !older.delete(call)) lasting.delete(call);
  };
}

function onSecond(): void {
  for (const call of [...lasting]) call.onSecond();
  const come = older;
  older = young;
  young = new Set();
  for (const call of come) {
    lasting.add(call);
    call.onLasting();
  }
  if (older.size + lasting.size > 0 || clock === null) return;
  clearInterval(clock);
  clock = null;
}
