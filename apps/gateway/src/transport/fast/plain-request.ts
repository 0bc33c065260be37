/**
 * Reads a request of the plain kind, or does not read it at all. Plain is what every reader of HTTP/1.1 takes the same way:
 * whatever is unusual, doubtful or wrong is left to node:http, byte for byte, which answers it as it would without us. So this
 * parser need not know what is allowed; it must only never take a request that node:http would read in another way.
 */
import { RequestField, type RequestFieldNames } from '../../headers/request-field.js';
import { RequestFields, readRequestFields } from '../../headers/request-fields.js';
import { FieldBlock } from '../../http1/field-lines.js';
import { FieldLine, listFields, withoutSpace } from '../../http1/field-section.js';

const MOST_HEAD_BYTES = 16_384;
const MOST_FIELDS = 100;
const LONGEST_TARGET = 4_096;
/** Bytes that are turned into text before it is known where the head ends. */
const SHORT_READ = 2_048;

/** By themselves: what is cut out of a text would be a string of its own for each request. The frequent ones first. */
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'];
const END_OF_HEAD = Buffer.from('\r\n\r\n');
const END_OF_LINE = ' HTTP/1.1\r\n';

/** RFC 3986: unreserved, sub-delims, and what stands in paths and queries; nothing else. */
const TARGET = new Uint8Array(256);
/** Of those: what some servers read in another way than others, an escape or a path parameter. */
const MANIFOLD = 2;
for (const character of "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,=:@/?")
  TARGET[character.charCodeAt(0)] = 1;
for (const character of ';%') TARGET[character.charCodeAt(0)] = MANIFOLD;
/** Of names and IPv4 addresses. */
const HOST = new Uint8Array(256);
for (const character of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.') HOST[character.charCodeAt(0)] = 1;
const LF = 10;
const CR = 13;
const SPACE = 32;
const COLON = 58;
const DIGIT_0 = 48;
const DIGIT_9 = 57;
const DOT = 46;
const SLASH = 47;
const QUESTION_MARK = 63;

/** RFC 9112 §6.2, without leading zeros. */
const LENGTH = /^(?:0|[1-9]\d{0,14})$/;
const LONGEST_HOST = 255;
const LONGEST_PORT = 5;

export class PlainRequest {
  /** Bytes of the body. */
  bodyLength = 0;
  /** Whether the client wants the connection closed. */
  close = false;
  /** Where the head ends in the bytes. */
  headEnd = 0;
  readonly #text: string;
  readonly #fieldsStart: number;
  readonly #names: RequestFieldNames;
  readonly #read = new RequestFields();
  /** The section in lower case, from the CRLF before it. */
  #searched: string | null = null;

  constructor(
    readonly method: string,
    readonly target: string,
    /** Where the path ends, if it is plain; -1: it may be anything. */
    readonly plainPathEnd: number,
    text: string,
    fieldsStart: number,
    names: RequestFieldNames,
  ) {
    this.#text = text;
    this.#fieldsStart = fieldsStart;
    this.#names = names;
  }

  /** Flat names and values as they came. */
  get fields(): string[] {
    return listFields(this.#text.slice(this.#fieldsStart, this.headEnd - 2));
  }

  /** Found in the text: most calls are asked for a field or two, which needs no list of all. */
  field(name: string): string | undefined {
    const from = this.#fieldsStart - 2;
    this.#searched ??= this.#text.slice(from, this.headEnd).toLowerCase();
    const at = this.#searched.indexOf(`\r\n${name}:`);
    if (at === -1) return undefined;
    const start = at + name.length + 3;
    return withoutSpace(this.#text, from + start, from + this.#searched.indexOf('\r\n', start));
  }

  /** What was read on the way. @param names by those of another config it is read anew */
  readFields(names: RequestFieldNames): RequestFields {
    return names === this.#names ? this.#read : readRequestFields(this.fields, names);
  }

  /** @returns false: not plain, or not whole */
  readSection(bytes: Buffer): boolean {
    const text = this.#text;
    const read = this.#read;
    // Lines that go on side by side are one piece.
    let kept = '';
    let pieceStart = this.#fieldsStart;
    let at = pieceStart;
    let tabBehind = false;
    while (bytes[at] !== CR) {
      if (!line.read(bytes, at)) return false;
      tabBehind ||= line.tabBehind;
      const field = this.#names.classifyBytes(bytes, text, at, line.nameEnd, line.nameHash);
      if (field !== RequestField.Keep || !line.tidy) {
        if (pieceStart < at) kept += text.slice(pieceStart, at);
        pieceStart = line.next;
        const value = text.slice(line.valueStart, line.valueEnd);
        if (field === RequestField.Keep) kept += `${text.slice(at, line.nameEnd)}: ${value}\r\n`;
        else if (!this.#noteField(field, value, bytes)) return false;
      }
      at = line.next;
      if (++read.count > MOST_FIELDS) return false;
    }
    if (bytes[at + 1] !== LF || at + 2 > MOST_HEAD_BYTES || read.hostCount !== 1) return false;
    // node:http takes a tab behind such a value for a part of it, though RFC 9110 §5.5 has it as white space.
    if (tabBehind && (read.contentLength !== undefined || read.connection !== undefined)) return false;
    if (pieceStart < at) kept += text.slice(pieceStart, at);
    read.kept = FieldBlock.ofLines(kept);
    this.headEnd = at + 2;
    return true;
  }

  /** @returns false: it changes how the message or the connection is read */
  #noteField(field: RequestField, value: string, bytes: Buffer): boolean {
    const read = this.#read;
    switch (field) {
      case RequestField.Framing:
      case RequestField.TransferEncoding:
        return false;
      case RequestField.Host:
        if (read.hostCount > 0 || !isPlainHost(bytes, line.valueStart, line.valueEnd)) return false;
        read.hostChecked = true;
        break;
      case RequestField.ContentLength:
        if (read.contentLength !== undefined || !LENGTH.test(value)) return false;
        this.bodyLength = Number(value);
        break;
      case RequestField.Connection: {
        if (read.connection !== undefined) return false;
        const option = value.toLowerCase();
        if (option !== 'close' && option !== 'keep-alive') return false;
        this.close = option === 'close';
      }
    }
    read.note(field, value);
    return true;
  }
}

const line = new FieldLine();

/** Whether it is a name or an IPv4 address, with a port or without. */
function isPlainHost(bytes: Buffer, start: number, end: number): boolean {
  let at = start;
  while (at < end && HOST[bytes[at] as number] === 1) at++;
  const length = at - start;
  if (length === 0 || length > LONGEST_HOST) return false;
  if (at === end) return true;
  if (bytes[at] !== COLON) return false;
  const portStart = ++at;
  while (at < end && (bytes[at] as number) >= DIGIT_0 && (bytes[at] as number) <= DIGIT_9) at++;
  return at === end && at > portStart && at - portStart <= LONGEST_PORT;
}

function readMethod(bytes: Buffer, text: string): string | null {
  for (const method of METHODS) if (bytes[method.length] === SPACE && text.startsWith(method)) return method;
  return null;
}

/** Where the first byte is that stands in no target; the bytes may also end before there is one. */
function endOfTarget(bytes: Buffer, start: number): number {
  let at = start;
  while (at < bytes.length && TARGET[bytes[at] as number] !== 0) at++;
  return at;
}

/** @returns length of the path, where every server reads it in one way: no escapes, no parameters, no empty segments and none that begin with a dot; else -1 */
function plainPathEnd(bytes: Buffer, start: number, end: number): number {
  let at = start;
  for (; at < end && bytes[at] !== QUESTION_MARK; at++) {
    const byte = bytes[at] as number;
    if (TARGET[byte] === MANIFOLD) return -1;
    if (byte === SLASH && (bytes[at + 1] === SLASH || bytes[at + 1] === DOT)) return -1;
  }
  return at - start;
}

/** @returns null: not plain, or not whole */
export function readPlainRequest(bytes: Buffer, names: RequestFieldNames): PlainRequest | null {
  const known = bytes.length <= SHORT_READ ? bytes.length : bytes.indexOf(END_OF_HEAD) + END_OF_HEAD.length;
  if (known < END_OF_HEAD.length || known > MOST_HEAD_BYTES) return null;
  const text = bytes.toString('latin1', 0, known);
  const method = readMethod(bytes, text);
  if (method === null) return null;
  const start = method.length + 1;
  const end = endOfTarget(bytes, start);
  if (bytes[start] !== SLASH || end - start > LONGEST_TARGET || !text.startsWith(END_OF_LINE, end)) return null;
  const request = new PlainRequest(method, text.slice(start, end), plainPathEnd(bytes, start, end), text, end + END_OF_LINE.length, names);
  return request.readSection(bytes) ? request : null;
}
