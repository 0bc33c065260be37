import type { Change } from '#persistence/change/change-event.js';
import type { KeptByProcess, KeptCredentials } from './credential-file.js';

/** A file that is older than the newest by more is of a process that there is no more (milliseconds). */
const TOGETHER_MS = 60_000;

/** Milliseconds after its reading for which the feed is trusted, by what depends on it. */
export interface KeptBounds {
  readonly credentials: number;
  readonly grants: number;
}

export interface MergedKept extends KeptCredentials {
  /** The process whose grants these are, with the subscriptions that it kept beside them. */
  readonly grantsBy: string | null;
  /** What any of them learned of changes after it had written the rest. */
  readonly changes: readonly Change[];
}

/**
 * What the processes of a gateway kept, as one, with the mark of the one that knew least: all that changed since then is still to be read.
 * @returns null where nothing may be trusted any more
 */
export function mergeKept(kept: readonly KeptByProcess[], now: number, bounds: KeptBounds): MergedKept | null {
  const newest = Math.max(...kept.map(({ mark }) => mark.readAt));
  const isWithin = (bound: number, { mark }: KeptByProcess): boolean => mark.readAt <= now && now - mark.readAt < bound;
  const good = kept.filter((one) => isWithin(bounds.grants, one) && newest - one.mark.readAt < TOGETHER_MS);
  if (good.length === 0) return null;
  const marks = good.map(({ mark }) => mark);
  // Each holds all of it, so the one that read last knows all that the others do.
  const latest = good.filter(({ grants }) => grants !== null).sort((a, b) => b.mark.readAt - a.mark.readAt)[0];
  return {
    mark: {
      position: marks
        .map(({ position }) => BigInt(position))
        .reduce((least, one) => (one < least ? one : least))
        .toString(),
      readAt: Math.min(...marks.map(({ readAt }) => readAt)),
    },
    keys: good.flatMap(({ keys }) => keys),
    credentials: good
      .filter((one) => isWithin(bounds.credentials, one))
      .flatMap(({ credentials }) => credentials)
      .filter(({ expiresAt }) => expiresAt === null || expiresAt > now),
    grants: latest?.grants ?? null,
    grantsBy: latest?.name ?? null,
    changes: good.flatMap(({ changes }) => changes),
  };
}
