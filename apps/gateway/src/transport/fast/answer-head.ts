import { STATUS_CODES } from 'node:http';
import type { AnswerFields } from '../../http1/answer-fields.js';
import { isFieldValue } from '../../http1/field-lines.js';

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

const KEPT = 'Connection: keep-alive\r\nKeep-Alive: timeout=75\r\n\r\n';
const CLOSED = 'Connection: close\r\n\r\n';

/** Status lines that were written before, by status; of those without a reason of the upstream's own. */
const statusLines: string[] = [];

/** @throws TypeError for a reason that no message may hold */
function statusLine(status: number, reason: string): string {
  const usual = STATUS_CODES[status] ?? 'Unknown';
  if (reason !== '' && reason !== usual) {
    if (!isFieldValue(reason)) throw new TypeError('The reason holds a character that no reason may hold.');
    return `HTTP/1.1 ${status} ${reason}\r\n`;
  }
  statusLines[status] ??= `HTTP/1.1 ${status} ${usual}\r\n`;
  return statusLines[status];
}

/**
 * Writes an answer's head, and says how its body is told from what follows it (RFC 9112 §6.3).
 * @throws TypeError for a reason that no message may hold
 */
export function frameAnswer(method: string, status: number, reason: string, fields: AnswerFields, close: boolean): FramedAnswer {
  const { contentLength, dated, lines } = fields;
  const hasBody = method !== 'HEAD' && status !== 204 && status !== 304;
  const chunked = hasBody && contentLength === -1;
  let end = close ? CLOSED : KEPT;
  if (chunked) end = `Transfer-Encoding: chunked\r\n${end}`;
  // RFC 9110 §6.6.1: "An origin server with a clock MUST generate a Date"; a gateway adds what its upstream left out.
  if (!dated) end = `Date: ${httpDate()}\r\n${end}`;
  return { head: statusLine(status, reason) + lines + end, chunked, length: hasBody && !chunked ? contentLength : 0, hasBody, close };
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
