import type { KeptCredentials } from './credential-file.js';

/** A file that is older than the newest by more is of a process that there is no more (milliseconds). */
const TOGETHER_MS = 60_000;

/**
 * What the processes of a gateway kept, as one, with the mark of the one that knew least: all that changed since then is still to be read.
 * @param bound milliseconds after its reading for which the feed is trusted
 * @returns null where nothing may be trusted any more
 */
export function mergeKept(kept: readonly KeptCredentials[], now: number, bound: number): KeptCredentials | null {
  const newest = Math.max(...kept.map(({ mark }) => mark.readAt));
  const good = kept.filter(({ mark }) => mark.readAt <= now && now - mark.readAt < bound && newest - mark.readAt < TOGETHER_MS);
  if (good.length === 0) return null;
  const marks = good.map(({ mark }) => mark);
  return {
    mark: {
      position: marks
        .map(({ position }) => BigInt(position))
        .reduce((least, one) => (one < least ? one : least))
        .toString(),
      readAt: Math.min(...marks.map(({ readAt }) => readAt)),
    },
    keys: good.flatMap(({ keys }) => keys),
    credentials: good.flatMap(({ credentials }) => credentials).filter(({ expiresAt }) => expiresAt === null || expiresAt > now),
  };
}
