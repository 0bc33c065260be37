/**
 * What was decided of field names, by their bytes. A head has some ten names, nearly all of which came a thousand times before: here one
 * is found by the hash that was reckoned while it was read, without a text being made of it. One table of bytes, however many names come;
 * a name that falls where another one is takes its place.
 */

const SLOTS = 512;
/** Bytes of a slot: length, kind, and the name. */
const SLOT_SIZE = 64;
const NAME_AT = 2;
const LONGEST_NAME = SLOT_SIZE - NAME_AT;
const LAST_ASCII = 127;

export const NAME_HASH_SEED = 17;

/** One byte further. */
export function hashByte(hash: number, byte: number): number {
  return (Math.imul(hash, 31) + byte) | 0;
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
  let hash = NAME_HASH_SEED;
  for (let i = 0; i < name.length; i++) hash = hashByte(hash, name.charCodeAt(i));
  return (hash & (SLOTS - 1)) * SLOT_SIZE;
}
