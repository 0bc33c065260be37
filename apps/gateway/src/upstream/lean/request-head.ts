import type { UpstreamRequest } from '../upstream-client.js';

const NOT_IN_TARGET = /[^\x21-\x7e\x80-\xff]/;

export interface RequestHead {
  /** Latin-1. */
  readonly text: string;
  /** Bytes of the body that the head announces; -1: chunked; 0: none. */
  readonly bodyLength: number;
  readonly webSocket: boolean;
}

/** What stands between a request's target and its fields. */
export function writeHostLine(host: string): string {
  return ` HTTP/1.1\r\nHost: ${host}\r\n`;
}

/**
 * Writes a request's head as one text.
 * @param hostLine of the upstream's own Host field, by `writeHostLine`
 * @throws TypeError for a target that no message may hold
 */
export function writeRequestHead(request: UpstreamRequest, hostLine: string): RequestHead {
  const { method, target, lines, bodyLength } = request;
  if (NOT_IN_TARGET.test(target)) throw new TypeError('The request target holds a character that no target may hold.');
  const webSocket = request.webSocket === true;
  const start = `${method} ${target}${request.host === null ? hostLine : writeHostLine(request.host)}`;
  let end = '\r\n';
  if (webSocket) end = 'Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n';
  else if (bodyLength === -1) end = 'Transfer-Encoding: chunked\r\n\r\n';
  return { text: start + lines + end, bodyLength, webSocket };
}
