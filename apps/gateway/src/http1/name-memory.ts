/**
 * What was decided of field names, by their bytes. A head has some ten names, nearly all of which came a thousand times before: here one
 * is found by a hash of its bytes, without a text being made of it. One table of bytes, however many names come;
 * a name that falls where another one is takes its place.
 */

const SLOTS = 1_024;
/** Bytes of a slot: length, kind, and the name. */
const SLOT_SIZE = 64;
const NAME_AT = 2;
const LONGEST_NAME = SLOT_SIZE - NAME_AT;
const LAST_ASCII = 127;

/**
 * Of five bytes and the length: to take note of every byte would take as long as reading the name. Which bytes, and by which factors, was
 * chosen by trial: of 130 names in use, in their usual spellings, no two that come in the same message fall together. Names often differ
 * near their end alone (`X-Forwarded-Host` and `-Port`), but seldom in the last byte.
 */
function mixed(length: number, first: number, quarter: number, middle: number, fourthLast: number, nextToLast: number): number {
  return first * 37 + quarter * 27 + middle * 171 + fourthLast * 99 + nextToLast * 369 + length * 433;
}

/** The hash of a name of one byte or more. */
export function hashOfName(bytes: Uint8Array, start: number, end: number): number {
  const length = end - start;
  return mixed(
    length,
    bytes[start] as number,
    bytes[start + (length >> 2)] as number,
    bytes[start + (length >> 1)] as number,
    bytes[length < 4 ? start : end - 4] as number,
    bytes[length < 2 ? start : end - 2] as number,
  );
}

export class NameMemory {
  readonly #table = new Uint8Array(SLOTS * SLOT_SIZE);

  /**
   * @param hash of the bytes from start to end
   * @returns what was remembered of the name; -1: nothing
   */
  find(bytes: Uint8Array, start: number, end: number, hash: number): number {
    const table = this.#table;
    const slot = (hash & (SLOTS - 1)) * SLOT_SIZE;
    const length = end - start;
    if (table[slot] !== length || length === 0) return -1;
    const name = slot + NAME_AT;
    for (let i = 0; i < length; i++) if (table[name + i] !== bytes[start + i]) return -1;
    return table[slot + 1] as number;
  }

  /** @returns what was remembered of the name; -1: nothing */
  findText(name: string): number {
    const table = this.#table;
    const { length } = name;
    const slot = slotOf(name);
    if (table[slot] !== length || length === 0) return -1;
    for (let i = 0; i < length; i++) if (table[slot + NAME_AT + i] !== name.charCodeAt(i)) return -1;
    return table[slot + 1] as number;
  }

  /** @param kind 0 to 255 */
  remember(name: string, kind: number): void {
    const { length } = name;
    if (length > LONGEST_NAME) return;
    for (let i = 0; i < length; i++) if (name.charCodeAt(i) > LAST_ASCII) return;
    const slot = slotOf(name);
    this.#table[slot] = length;
    this.#table[slot + 1] = kind;
    for (let i = 0; i < length; i++) this.#table[slot + NAME_AT + i] = name.charCodeAt(i);
  }
}

function slotOf(name: string): number {
  const { length } = name;
  const hash = mixed(
    length,
    name.charCodeAt(0),
    name.charCodeAt(length >> 2),
    name.charCodeAt(length >> 1),
    name.charCodeAt(Math.max(0, length - 4)),
    name.charCodeAt(Math.max(0, length - 2)),
  );
  return (hash & (SLOTS - 1)) * SLOT_SIZE;
}
