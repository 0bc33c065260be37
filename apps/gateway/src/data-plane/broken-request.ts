import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { PROBLEM_TYPE, renderProblem } from '#http/problem.js';

/** Answers what the HTTP parser refused, and closes the connection: where the next request would begin is not knowable. */
export function answerBrokenRequest(error: NodeJS.ErrnoException, socket: Duplex): void {
  // Node keeps the answer in progress here; a second head in its midst would be read as part of its body.
  const inProgress = (socket as Duplex & { _httpMessage?: { headersSent: boolean } | null })._httpMessage;
  if (!socket.writable || error.code === 'ECONNRESET' || inProgress?.headersSent) {
    socket.destroy();
    return;
  }
  const [status, detail] = describe(error);
  const body = renderProblem(status, detail, randomUUID());
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: ${PROBLEM_TYPE}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n` +
      `Cache-Control: no-store\r\nConnection: close\r\n\r\n${body}`,
    () => socket.destroy(),
  );
}

/** Answers a request that did not arrive in time, and closes the connection. */
export function refuseLate(socket: Duplex): void {
  answerBrokenRequest(Object.assign(new Error('late'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' }), socket);
}

/** As far as a packet tells: one that begins a request, and whose first line goes on and on. */
const LONG_TARGET = /^[A-Z]{1,20} [^\s]{8193,}/;

function describe({ code, rawPacket }: NodeJS.ErrnoException & { rawPacket?: Buffer }): [number, string] {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      if (rawPacket && LONG_TARGET.test(rawPacket.toString('latin1'))) return [414, 'The request target is longer than 8192 characters.'];
      return [431, 'The request header is larger than 32 KB.'];
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return [413, 'The chunk extensions of the request are too large.'];
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return [408, 'The request did not arrive in time.'];
    default:
      return [400, 'The request is not valid HTTP.'];
  }
}
