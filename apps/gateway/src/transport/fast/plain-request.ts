/**
 * Reads a request of the plain kind, or does not read it at all. Plain is what every reader of HTTP/1.1 takes the same way:
 * whatever is unusual, doubtful or wrong is left to node:http, byte for byte, which answers it as it would without us. So this
 * parser need not know what is allowed; it must only never take a request that node:http would read in another way.
 */
import { readFieldSection } from '../../http1/field-section.js';

export interface PlainRequest {
  readonly method: string;
  readonly target: string;
  /** Flat names and values. */
  readonly fields: string[];
  /** Where the head ends in the bytes. */
  readonly headEnd: number;
  /** Bytes of the body. */
  readonly bodyLength: number;
  /** Whether the client wants the connection closed. */
  readonly close: boolean;
}

const MOST_HEAD_BYTES = 16_384;
const MOST_FIELDS = 100;
const LONGEST_TARGET = 4_096;

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
const END_OF_HEAD = Buffer.from('\r\n\r\n');
const END_OF_LINE = ' HTTP/1.1\r\n';

/** RFC 3986: unreserved, sub-delims, and what stands in paths and queries; nothing else. */
const TARGET = new Uint8Array(256);
for (const character of "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:@/?%")
  TARGET[character.charCodeAt(0)] = 1;
const SLASH = 47;

/** RFC 9112 §6.2, without leading zeros. */
const LENGTH = /^(?:0|[1-9]\d{0,14})$/;
const HOST = /^[A-Za-z0-9.-]{1,255}(?::\d{1,5})?$/;

/** @returns null: not plain, or not whole */
export function readPlainRequest(bytes: Buffer): PlainRequest | null {
  const empty = bytes.indexOf(END_OF_HEAD);
  if (empty === -1 || empty > MOST_HEAD_BYTES) return null;
  const headEnd = empty + 4;
  const text = bytes.toString('latin1', 0, headEnd);
  const methodEnd = text.indexOf(' ');
  const method = text.slice(0, methodEnd);
  if (!METHODS.has(method)) return null;
  const targetStart = methodEnd + 1;
  let at = targetStart;
  while (TARGET[bytes[at] as number] === 1) at++;
  if (bytes[targetStart] !== SLASH || at - targetStart > LONGEST_TARGET || !text.startsWith(END_OF_LINE, at)) return null;
  const fields = readFieldSection(bytes, text, at + END_OF_LINE.length, empty + 2);
  if (fields === null || fields.length > MOST_FIELDS * 2) return null;
  const framing = readFraming(fields);
  if (framing === null) return null;
  // node:http takes a tab behind such a value for a part of it, though RFC 9110 §5.5 has it as white space.
  if (framing.said && text.includes('\t\r\n')) return null;
  return { method, target: text.slice(targetStart, at), fields, headEnd, bodyLength: framing.bodyLength, close: framing.close };
}

interface Framing {
  readonly bodyLength: number;
  /** Whether the head has a Content-Length or a Connection. */
  readonly said: boolean;
  readonly close: boolean;
}

/** @returns null: has a field that changes how the message or the connection is read */
function readFraming(fields: readonly string[]): Framing | null {
  let hosts = 0;
  let bodyLength = -1;
  let connection: string | null = null;
  for (let i = 0; i < fields.length; i += 2) {
    const name = fields[i] as string;
    const value = fields[i + 1] as string;
    // Most names are told apart by their length alone.
    switch (name.length) {
      case 2:
      case 6:
      case 7:
      case 16:
      case 17:
        if (NOT_PLAIN.has(name.toLowerCase())) return null;
        break;
      case 4:
        if (name.toLowerCase() === 'host' && (hosts++ > 0 || !HOST.test(value))) return null;
        break;
      case 14:
        if (name.toLowerCase() !== 'content-length') break;
        if (bodyLength !== -1 || !LENGTH.test(value)) return null;
        bodyLength = Number(value);
        break;
      case 10:
        if (name.toLowerCase() !== 'connection') break;
        if (connection !== null) return null;
        connection = value.toLowerCase();
        if (connection !== 'close' && connection !== 'keep-alive') return null;
        break;
    }
  }
  return hosts === 1
    ? { bodyLength: Math.max(bodyLength, 0), said: bodyLength !== -1 || connection !== null, close: connection === 'close' }
    : null;
}

/** By lengths 2, 6, 7, 16 and 17: the cases above. */
const NOT_PLAIN = new Set(['te', 'expect', 'upgrade', 'trailer', 'proxy-connection', 'transfer-encoding']);
