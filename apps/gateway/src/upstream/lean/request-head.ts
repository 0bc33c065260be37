import type { UpstreamRequest } from '../upstream-client.js';

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
 * @throws TypeError for a target that no message may hold
 */
export function writeRequestHead(request: UpstreamRequest, host: string): RequestHead {
  const { method, target, lines, bodyLength } = request;
  if (NOT_IN_TARGET.test(target)) throw new TypeError('The request target holds a character that no target may hold.');
  const webSocket = request.webSocket === true;
  const start = `${method} ${target} HTTP/1.1\r\nHost: ${request.host ?? host}\r\n`;
  let end = '\r\n';
  if (webSocket) end = 'Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n';
  else if (bodyLength === -1) end = 'Transfer-Encoding: chunked\r\n\r\n';
  return { text: start + lines + end, bodyLength, webSocket };
}
