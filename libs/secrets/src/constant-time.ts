import { timingSafeEqual } from 'node:crypto';

/** Compares two hashes in constant time; false where their lengths differ. */
export function equalHashes(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
