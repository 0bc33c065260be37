/**
 * HTTP/1.1 header and trailer fields, read strictly (RFC 9112 §5): what some other reader could take differently (a bare CR or LF,
 * space before the colon, a folded line, a control character) is not read at all. Knows bytes, and nothing of sockets.
 */

import { hashOfName } from './name-memory.js';

const TAB = 9;
const LF = 10;
const CR = 13;
const SPACE = 32;
const COLON = 58;
const DELETE = 127;

/** RFC 9110 §5.6.2: token characters. */
const TOKEN = marked("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

function marked(characters: string): Uint8Array {
  const table = new Uint8Array(256);
  for (const character of characters) table[character.charCodeAt(0)] = 1;
  return table;
}

/** Where the parts of one field line are. One is used for all lines of a section: heads are read too often for an object a line. */
export class FieldLine {
  nameEnd = 0;
  /** As a NameMemory wants it. */
  nameHash = 0;
  valueStart = 0;
  valueEnd = 0;
  /** Behind its CRLF. */
  next = 0;
  /** Whether it is written as we write lines ourselves: one space before the value, none behind it. */
  tidy = false;
  /** Whether a tab stands behind the value. */
  tabBehind = false;

  /** @param start of the line. @returns false: not plainly right */
  read(bytes: Uint8Array, start: number): boolean {
    let at = start;
    while (TOKEN[bytes[at] as number] === 1) at++;
    if (at === start || bytes[at] !== COLON) return false;
    this.nameEnd = at;
    this.nameHash = hashOfName(bytes, start, at);
    at++;
    const colonEnd = at;
    while (bytes[at] === SPACE || bytes[at] === TAB) at++;
    const valueStart = at;
    this.valueStart = at;
    at = endOfText(bytes, at);
    if (bytes[at] !== CR || bytes[at + 1] !== LF) return false;
    const lineEnd = at;
    this.tabBehind = bytes[at - 1] === TAB;
    while (at > valueStart && (bytes[at - 1] === SPACE || bytes[at - 1] === TAB)) at--;
    this.valueEnd = at;
    this.tidy = at === lineEnd && at > valueStart && valueStart === colonEnd + 1 && bytes[colonEnd] === SPACE;
    this.next = lineEnd + 2;
    return true;
  }
}

const line = new FieldLine();

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
    if (!line.read(bytes, at)) return null;
    fields.push(text.slice(at, line.nameEnd), text.slice(line.valueStart, line.valueEnd));
    at = line.next;
  }
  return at === end ? fields : null;
}

/**
 * @param lines that were read before, and found right
 * @returns flat names and values in their order
 */
export function listFields(lines: string): string[] {
  const fields: string[] = [];
  let at = 0;
  while (at < lines.length) {
    const colon = lines.indexOf(':', at);
    const end = lines.indexOf('\r\n', colon);
    fields.push(lines.slice(at, colon), withoutSpace(lines, colon + 1, end));
    at = end + 2;
  }
  return fields;
}

/** Without spaces and tabs around it, and with whatever else another language takes for white space. */
export function withoutSpace(text: string, start: number, end: number): string {
  let from = start;
  let to = end;
  while (from < to && isSpace(text.charCodeAt(from))) from++;
  while (to > from && isSpace(text.charCodeAt(to - 1))) to--;
  return text.slice(from, to);
}

function isSpace(code: number): boolean {
  return code === SPACE || code === TAB;
}

/** Where the first byte is that may not stand in a field value; RFC 9110 §5.5 allows tab, space, visible characters and bytes above ASCII. */
export function endOfText(bytes: Uint8Array, start: number): number {
  let at = start;
  for (;;) {
    const byte = bytes[at] as number;
    if (byte >= SPACE ? byte === DELETE : byte !== TAB) return at;
    at++;
  }
}
