/**
 * Names under which plugins change fields. They are those of a config and few, so what follows from a name is worked out once; one that
 * is made up anew for each call is worked out each time, and costs no memory.
 */

import { ownText } from './own-text.js';

/** RFC 9110 §5.6.2. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** Say where a message ends and to whom it goes: the transport's alone. */
const FRAMING = new Set(['content-length', 'transfer-encoding', 'connection', 'host', 'upgrade', 'te', 'trailer', 'expect']);
/** What a transport must know of the fields of an answer. */
const TOLD_TO_TRANSPORT = new Set(['date', 'content-length']);

/** Of a section of which nothing is known: it may hold every name. */
export const ANY_NAMES = -1;

/**
 * The bit of a name, whatever its case, in a word that tells which names a section may hold.
 * @param length of the name
 * @param first its first byte
 */
export function nameBit(length: number, first: number): number {
  // Letters differ from their upper case in this bit alone; what else it changes does no harm.
  return 1 << ((length * 7 + (first | 0x20)) & 31);
}

export interface FieldName {
  readonly name: string;
  readonly lower: string;
  /** How its line begins. */
  readonly lineHead: string;
  /** The same without its space, in lower case, behind the line before it. */
  readonly lineStart: string;
  readonly bit: number;
  /** Whether it is no name, or that of a field which frames or routes a message. */
  readonly forbidden: boolean;
  /** Whether a transport must know of such a field. */
  readonly told: boolean;
}

const MOST_KNOWN = 200;
const known = new Map<string, FieldName>();

export function fieldName(name: string): FieldName {
  const found = known.get(name);
  if (found !== undefined) return found;
  const described = describe(name);
  if (known.size < MOST_KNOWN) known.set(name, described);
  return described;
}

function describe(name: string): FieldName {
  const lower = name.toLowerCase();
  return {
    name,
    lower,
    lineHead: ownText(`${name}: `),
    lineStart: `\r\n${lower}:`,
    bit: name === '' ? ANY_NAMES : nameBit(name.length, name.charCodeAt(0)),
    forbidden: !TOKEN.test(name) || FRAMING.has(lower),
    told: TOLD_TO_TRANSPORT.has(lower),
  };
}
