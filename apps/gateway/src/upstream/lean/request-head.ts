import type { UpstreamRequest } from '../upstream-client.js';

/** Anything but tab, space, visible characters and bytes above ASCII (RFC 9110 §5.5); a line break would begin another field. */
const NOT_IN_VALUE = /[^\t\x20-\x7e\x80-\xff]/;
const NOT_IN_TARGET = /[^\x21-\x7e\x80-\xff]/;

export interface RequestHead {
  /** Latin-1. */
  readonly text: string;
  /** Bytes of the body that the head announces; -1: chunked; 0: none. */
  readonly bodyLength: number;
  readonly webSocket: boolean;
}

/**
 * Writes a request's head as one text.
 * @param host the upstream's own Host field
 * @throws TypeError for what no message may hold
 */
export function writeRequestHead(request: UpstreamRequest, host: string): RequestHead {
  const { fields, method, target } = request;
  if (NOT_IN_TARGET.test(target)) throw new TypeError('The request target holds a character that no target may hold.');
  let bodyLength = request.hasBody ? -1 : 0;
  let text = `${method} ${target} HTTP/1.1\r\nHost: ${request.host ?? host}\r\n`;
  for (let i = 0; i < fields.length; i += 2) {
    const name = fields[i] as string;
    const value = fields[i + 1] as string;
    if (NOT_IN_VALUE.test(value)) throw new TypeError(`The field ${name} holds a character that no field may hold.`);
    if (bodyLength === -1 && name === 'Content-Length') bodyLength = Number(value);
    text += `${name}: ${value}\r\n`;
  }
  const webSocket = request.webSocket === true;
  if (webSocket) text += 'Connection: Upgrade\r\nUpgrade: websocket\r\n';
  text += bodyLength === -1 ? 'Transfer-Encoding: chunked\r\n\r\n' : '\r\n';
  return { text, bodyLength, webSocket };
}
