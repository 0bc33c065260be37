/** A text of its own: one that is cut out of a message holds all of that in memory, for as long as it is remembered. */
export function ownText(text: string): string {
  return Buffer.from(text).toString();
}
