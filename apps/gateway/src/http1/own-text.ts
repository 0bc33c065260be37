/**
 * A text of its own, in one piece: one that is cut out of a message holds all of that in memory, for as long as it is remembered; one
 * that was put together is put together again wherever it is written.
 */
export function ownText(text: string): string {
  return Buffer.from(text).toString();
}
