import { classifyResponseBytes, ResponseField } from '../../headers/response-field.js';
import { AnswerFields } from '../../http1/answer-fields.js';
import { nameBit } from '../../http1/field-name.js';
import { endOfText, FieldLine, listFields } from '../../http1/field-section.js';
import type { UpstreamHead } from '../upstream-client.js';

/** An upstream's answer that is not plainly right, and so is not passed on. */
export class MalformedAnswerError extends Error {
  readonly code = 'MALFORMED_ANSWER';
}

/** In place of a length: how a body ends otherwise. */
export const CHUNKED = -1;
export const UNTIL_CLOSE = -2;

/** Seconds; what a `Keep-Alive` field may say at most. */
const LONGEST_HINT = 3_600;

const DIGIT_0 = 48;
/** Of a length: what a number holds exactly. */
const MOST_DIGITS = 15;
const SPACE = 32;
const CR = 13;
const LF = 10;

/** What of a head is for its connection alone (RFC 9110 §7.6.1), and nobody else has to know. */
const PLAIN_CONNECTION = /^(?:keep-alive|close)$/i;

export class ResponseHead implements UpstreamHead {
  /** Bytes of the body, or `CHUNKED`, or `UNTIL_CLOSE`. */
  length = UNTIL_CLOSE;
  /** Whether the connection may carry another exchange. */
  keepAlive: boolean;
  /** Seconds for which the upstream says it keeps an idle connection; 0: it does not say. */
  keepAliveHint = 0;
  passing: AnswerFields | null = null;
  connection: string | undefined = undefined;
  readonly #text: string;
  readonly #fieldsStart: number;
  readonly #fieldsEnd: number;
  readonly #isHttp10: boolean;
  #lengthSeen = false;
  #codingSeen = false;
  #dated = false;
  /** What Content-Length tells the client; -1: nothing. */
  #announced = -1;
  /** Whether some field must be changed, or is named by Connection, before the others may go on. */
  #needsEditing = false;

  constructor(
    readonly status: number,
    readonly reason: string,
    text: string,
    fieldsStart: number,
    fieldsEnd: number,
    isHttp10: boolean,
  ) {
    this.#text = text;
    this.#fieldsStart = fieldsStart;
    this.#fieldsEnd = fieldsEnd;
    this.#isHttp10 = isHttp10;
    this.keepAlive = !isHttp10;
  }

  get fields(): string[] {
    return listFields(this.#text.slice(this.#fieldsStart, this.#fieldsEnd));
  }

  /**
   * @param method of the request
   * @throws MalformedAnswerError
   */
  readSection(bytes: Buffer, method: string): void {
    const text = this.#text;
    const end = this.#fieldsEnd;
    // Lines that go on side by side are one piece.
    let passing = '';
    let names = 0;
    let pieceStart = this.#fieldsStart;
    let at = pieceStart;
    while (at < end) {
      if (!line.read(bytes, at)) throw new MalformedAnswerError('A header field is malformed.');
      names |= nameBit(line.nameEnd - at, bytes[at] as number);
      const field = classifyResponseBytes(bytes, text, at, line.nameEnd, line.nameHash);
      if (field !== ResponseField.Keep || !line.tidy) {
        const passes = field === ResponseField.Keep || this.#note(field, bytes);
        if (!passes || !line.tidy) {
          if (pieceStart < at) passing += text.slice(pieceStart, at);
          pieceStart = line.next;
          if (passes) passing += `${text.slice(at, line.nameEnd)}: ${this.#value}\r\n`;
        }
      }
      at = line.next;
    }
    if (at !== end) throw new MalformedAnswerError('A header field is malformed.');
    if (pieceStart < at) passing += text.slice(pieceStart, at);
    this.#conclude(method);
    if (!this.#needsEditing) this.passing = AnswerFields.ofLines(passing, this.#dated, this.#announced, names);
  }

  /** Of the line that was read last. */
  get #value(): string {
    return this.#text.slice(line.valueStart, line.valueEnd);
  }

  /** @returns whether the field of the line that was read last goes on as it is */
  #note(field: ResponseField, bytes: Buffer): boolean {
    switch (field) {
      case ResponseField.ContentLength:
        // RFC 9112 §6.3 lets identical copies pass; one who sends two is not trusted to mean one of them.
        this.length = this.#lengthSeen ? -1 : readNumber(bytes, line.valueStart, line.valueEnd);
        if (this.length === -1) throw new MalformedAnswerError('Content-Length is not one number.');
        this.#lengthSeen = true;
        // RFC 9110 §8.6: "A server MUST NOT send a Content-Length header field in any response with a status code of 1xx or 204".
        if (this.status === 204) return false;
        this.#announced = this.length;
        return true;
      case ResponseField.TransferEncoding:
        if (this.#codingSeen || this.#isHttp10 || this.#value.toLowerCase() !== 'chunked')
          throw new MalformedAnswerError('Transfer-Encoding is not chunked.');
        this.#codingSeen = true;
        return false;
      case ResponseField.Connection:
        this.#noteConnection(this.#value);
        return false;
      case ResponseField.KeepAlive:
        this.keepAliveHint = Math.min(Number(/(?:^|[,\s])timeout=(\d{1,9})/i.exec(this.#value)?.[1] ?? 0), LONGEST_HINT);
        return false;
      case ResponseField.Location:
        this.#needsEditing = true;
        return true;
      case ResponseField.Date:
        this.#dated = true;
        return true;
      case ResponseField.Drop:
        return false;
      default:
        return true;
    }
  }

  #noteConnection(value: string): void {
    // Nearly always.
    if (value === 'keep-alive') return;
    if (/(?:^|[,\s])close(?:$|[,\s])/i.test(value)) this.keepAlive = false;
    if (PLAIN_CONNECTION.test(value)) return;
    this.connection = this.connection === undefined ? value : `${this.connection}, ${value}`;
    this.#needsEditing = true;
  }

  #conclude(method: string): void {
    // RFC 9112 §6.3: both "might indicate an attempt to perform request smuggling […] or response splitting".
    if (this.#lengthSeen && this.#codingSeen) {
      throw new MalformedAnswerError('The answer has both Content-Length and Transfer-Encoding.');
    }
    if (this.#codingSeen) this.length = CHUNKED;
    // RFC 9112 §6.3: such an answer "is always terminated by the first empty line after the header fields".
    if (method === 'HEAD' || this.status < 200 || this.status === 204 || this.status === 304) this.length = 0;
    if (this.length === UNTIL_CLOSE) this.keepAlive = false;
  }
}

const line = new FieldLine();

/** @returns -1: it is not 1 to 15 digits */
function readNumber(bytes: Buffer, start: number, end: number): number {
  const length = end - start;
  if (length === 0 || length > MOST_DIGITS) return -1;
  let number = 0;
  for (let at = start; at < end; at++) {
    const digit = (bytes[at] as number) - DIGIT_0;
    if (digit < 0 || digit > 9) return -1;
    number = number * 10 + digit;
  }
  return number;
}

/**
 * Reads one head.
 * @param bytes begin with the status line
 * @param end behind the empty line that ends the head
 * @param text of the bytes as Latin-1, at least to the end
 * @param method of the request
 * @throws MalformedAnswerError
 */
export function readResponseHead(bytes: Buffer, end: number, text: string, method: string): ResponseHead {
  const status = readStatus(bytes);
  const lineEnd = endOfText(bytes, 12);
  if (bytes[lineEnd] !== CR || bytes[lineEnd + 1] !== LF) throw new MalformedAnswerError('The status line is malformed.');
  // RFC 9112 §4: the reason phrase may be empty; many servers then leave out the space before it as well.
  const reason = text.slice(13, Math.max(lineEnd, 13));
  const head = new ResponseHead(status, reason, text, lineEnd + 2, end - 2, bytes[7] === DIGIT_0);
  head.readSection(bytes, method);
  return head;
}

/** RFC 9112 §4: `HTTP/1.x`, a space, three digits, and a reason that may be missing. */
function readStatus(bytes: Buffer): number {
  if (!beginsAsHttp(bytes) || (bytes[7] !== DIGIT_0 && bytes[7] !== DIGIT_0 + 1) || bytes[8] !== SPACE) {
    throw new MalformedAnswerError('The answer does not begin as HTTP/1.1 or HTTP/1.0.');
  }
  let status = 0;
  for (let at = 9; at < 12; at++) {
    const digit = (bytes[at] as number) - DIGIT_0;
    if (digit < 0 || digit > 9) throw new MalformedAnswerError('The status is not a number.');
    status = status * 10 + digit;
  }
  if (status < 100 || (bytes[12] !== SPACE && bytes[12] !== CR)) {
    throw new MalformedAnswerError('The status line is malformed.');
  }
  return status;
}

const HTTP_1 = 'HTTP/1.';

/** Whether what has come so far may be the beginning of an HTTP/1.x answer. */
export function beginsAsHttp(bytes: Buffer): boolean {
  const length = Math.min(bytes.length, HTTP_1.length);
  for (let at = 0; at < length; at++) if (bytes[at] !== HTTP_1.charCodeAt(at)) return false;
  return true;
}
