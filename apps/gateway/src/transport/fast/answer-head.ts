import { STATUS_CODES } from 'node:http';
import { checkFieldValue, isFieldValue } from '../../http1/field-lines.js';

export interface FramedAnswer {
  /** Status line and fields, as Latin-1. */
  readonly head: string;
  readonly chunked: boolean;
  /** Bytes of the body, where they are known; else 0. */
  readonly length: number;
  readonly hasBody: boolean;
  /** Whether the connection ends with it. */
  readonly close: boolean;
}

const LENGTH = /^\d{1,15}$/;
const KEPT = 'Connection: keep-alive\r\nKeep-Alive: timeout=75\r\n';
const CLOSED = 'Connection: close\r\n';

/**
 * Writes an answer's head, and says how its body is told from what follows it (RFC 9112 §6.3).
 * @param fields flat names and values, without those that frame a message but Content-Length
 * @throws TypeError for a field that no message may hold
 */
export function frameAnswer(method: string, status: number, reason: string, fields: readonly string[], close: boolean): FramedAnswer {
  let head = `HTTP/1.1 ${status} ${reason === '' ? (STATUS_CODES[status] ?? 'Unknown') : reason}\r\n`;
  if (!isFieldValue(reason)) throw new TypeError('The reason holds a character that no reason may hold.');
  let length = -1;
  let dated = false;
  for (let i = 0; i < fields.length; i += 2) {
    const name = fields[i] as string;
    const value = fields[i + 1] as string;
    checkFieldValue(name, value);
    if (name.length === 4) dated ||= name.toLowerCase() === 'date';
    else if (name.length === 14 && name.toLowerCase() === 'content-length') {
      if (length !== -1 || !LENGTH.test(value)) throw new TypeError('The answer has no plain Content-Length.');
      length = Number(value);
    }
    head += `${name}: ${value}\r\n`;
  }
  // RFC 9110 §6.6.1: "An origin server with a clock MUST generate a Date"; a gateway adds what its upstream left out.
  if (!dated) head += `Date: ${httpDate()}\r\n`;
  const hasBody = method !== 'HEAD' && status !== 204 && status !== 304;
  const chunked = hasBody && length === -1;
  head += chunked ? 'Transfer-Encoding: chunked\r\n' : '';
  head += close ? CLOSED : KEPT;
  return { head: `${head}\r\n`, chunked, length: hasBody && !chunked ? length : 0, hasBody, close };
}

let dateText = '';
let dateSecond = 0;

/** The time of day as IMF-fixdate, written once a second. */
function httpDate(): string {
  const second = Math.floor(Date.now() / 1_000);
  if (second !== dateSecond) {
    dateSecond = second;
    dateText = new Date(second * 1_000).toUTCString();
  }
  return dateText;
}
