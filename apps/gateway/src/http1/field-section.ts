/**
 * HTTP/1.1 header and trailer fields, read strictly (RFC 9112 §5): what some other reader could take differently (a bare CR or LF,
 * space before the colon, a folded line, a control character) is not read at all. Knows bytes, and nothing of sockets.
 */

const TAB = 9;
const LF = 10;
const CR = 13;
const SPACE = 32;
const COLON = 58;

/** RFC 9110 §5.6.2: token characters. */
const TOKEN = marked("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
/** RFC 9110 §5.5: what a field value may hold: tab, space, visible characters and bytes above ASCII. */
const TEXT = new Uint8Array(256).map((_, byte) => Number(byte === TAB || (byte >= SPACE && byte !== 127)));

function marked(characters: string): Uint8Array {
  const table = new Uint8Array(256);
  for (const character of characters) table[character.charCodeAt(0)] = 1;
  return table;
}

/**
 * @param bytes message that holds the section
 * @param text the same bytes as Latin-1
 * @param start where the first line begins
 * @param end behind the CRLF of the last line
 * @returns flat names and values in their order; null: not plainly right
 */
export function readFieldSection(bytes: Uint8Array, text: string, start: number, end: number): string[] | null {
  const fields: string[] = [];
  let at = start;
  while (at < end) {
    const nameStart = at;
    while (TOKEN[bytes[at] as number] === 1) at++;
    const nameEnd = at;
    if (nameEnd === nameStart || bytes[at] !== COLON) return null;
    at++;
    while (bytes[at] === SPACE || bytes[at] === TAB) at++;
    const valueStart = at;
    while (TEXT[bytes[at] as number] === 1) at++;
    if (bytes[at] !== CR || bytes[at + 1] !== LF) return null;
    let valueEnd = at;
    while (valueEnd > valueStart && (bytes[valueEnd - 1] === SPACE || bytes[valueEnd - 1] === TAB)) valueEnd--;
    fields.push(text.slice(nameStart, nameEnd), text.slice(valueStart, valueEnd));
    at += 2;
  }
  return at === end ? fields : null;
}

/** Whether all of a stretch may stand in a field value. */
export function isFieldText(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (TEXT[bytes[at] as number] !== 1) return false;
  return true;
}
