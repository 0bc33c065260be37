import { isFieldText, readFieldSection } from '../../http1/field-section.js';

/** An upstream's answer that is not plainly right, and so is not passed on. */
export class MalformedAnswerError extends Error {
  readonly code = 'MALFORMED_ANSWER';
}

/** In place of a length: how a body ends otherwise. */
export const CHUNKED = -1;
export const UNTIL_CLOSE = -2;

/** Seconds; what a `Keep-Alive` field may say at most. */
const LONGEST_HINT = 3_600;

export interface ResponseHead {
  readonly status: number;
  readonly reason: string;
  /** Flat names and values. */
  readonly fields: string[];
  /** Bytes of the body, or `CHUNKED`, or `UNTIL_CLOSE`. */
  readonly length: number;
  /** Whether the connection may carry another exchange. */
  readonly keepAlive: boolean;
  /** Seconds for which the upstream says it keeps an idle connection; 0: it does not say. */
  readonly keepAliveHint: number;
}

const DIGIT_0 = 48;
const SPACE = 32;
const CR = 13;

/**
 * Reads one head.
 * @param bytes begin with the status line
 * @param end behind the empty line that ends the head
 * @param method of the request
 * @throws MalformedAnswerError
 */
export function readResponseHead(bytes: Buffer, end: number, method: string): ResponseHead {
  const text = bytes.toString('latin1', 0, end);
  const lineEnd = text.indexOf('\r\n');
  const status = readStatus(bytes, lineEnd);
  const fields = readFieldSection(bytes, text, lineEnd + 2, end - 2);
  if (fields === null) throw new MalformedAnswerError('A header field is malformed.');
  const isHttp10 = bytes[7] === DIGIT_0;
  let length = UNTIL_CLOSE;
  let lengthSeen = false;
  let codingSeen = false;
  let keepAlive = !isHttp10;
  let keepAliveHint = 0;
  for (let i = 0; i < fields.length; i += 2) {
    const name = fields[i] as string;
    const value = fields[i + 1] as string;
    // Most names are told apart by their length alone.
    switch (name.length) {
      case 14:
        if (name.toLowerCase() !== 'content-length') break;
        // RFC 9112 §6.3 lets identical copies pass; one who sends two is not trusted to mean one of them.
        if (lengthSeen || !/^\d{1,15}$/.test(value)) throw new MalformedAnswerError('Content-Length is not one number.');
        lengthSeen = true;
        length = Number(value);
        break;
      case 17:
        if (name.toLowerCase() !== 'transfer-encoding') break;
        if (codingSeen || isHttp10 || value.toLowerCase() !== 'chunked')
          throw new MalformedAnswerError('Transfer-Encoding is not chunked.');
        codingSeen = true;
        break;
      case 10:
        switch (name.toLowerCase()) {
          case 'connection':
            if (/(?:^|[,\s])close(?:$|[,\s])/i.test(value)) keepAlive = false;
            break;
          case 'keep-alive':
            keepAliveHint = Math.min(Number(/(?:^|[,\s])timeout=(\d{1,9})/i.exec(value)?.[1] ?? 0), LONGEST_HINT);
            break;
        }
        break;
    }
  }
  // RFC 9112 §6.3: both "might indicate an attempt to perform request smuggling […] or response splitting".
  if (lengthSeen && codingSeen) throw new MalformedAnswerError('The answer has both Content-Length and Transfer-Encoding.');
  if (codingSeen) length = CHUNKED;
  // RFC 9112 §6.3: such an answer "is always terminated by the first empty line after the header fields".
  if (method === 'HEAD' || status < 200 || status === 204 || status === 304) length = 0;
  if (length === UNTIL_CLOSE) keepAlive = false;
  // RFC 9112 §4: the reason phrase may be empty; many servers then leave out the space before it as well.
  return { status, reason: text.slice(13, Math.max(lineEnd, 13)), fields, length, keepAlive, keepAliveHint };
}

/** RFC 9112 §4: `HTTP/1.x`, a space, three digits, and a reason that may be missing. */
function readStatus(bytes: Buffer, lineEnd: number): number {
  if (lineEnd < 12 || !beginsAsHttp(bytes) || (bytes[7] !== DIGIT_0 && bytes[7] !== DIGIT_0 + 1) || bytes[8] !== SPACE) {
    throw new MalformedAnswerError('The answer does not begin as HTTP/1.1 or HTTP/1.0.');
  }
  let status = 0;
  for (let at = 9; at < 12; at++) {
    const digit = (bytes[at] as number) - DIGIT_0;
    if (digit < 0 || digit > 9) throw new MalformedAnswerError('The status is not a number.');
    status = status * 10 + digit;
  }
  if (status < 100 || (bytes[12] !== SPACE && bytes[12] !== CR) || !isFieldText(bytes, 12, lineEnd)) {
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
