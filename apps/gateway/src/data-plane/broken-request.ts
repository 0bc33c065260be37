import { randomUUID } from 'node:crypto';
import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { plainAddress } from '#http/client-address.js';
import { PROBLEM_TYPE, renderProblem } from '#http/problem.js';
import type { CallRecord } from '../call/call-record.js';
import { BODY_FAULTS, type Refusal, refuse } from '../call/refusal.js';
import { writeBatchNow } from '../http1/write-batch.js';
import type { BodyFault } from '../transport/caller.js';
import { failBody } from '../transport/node-http-caller.js';

/** Is told of each request that became no call. */
export type OnBroken = (request: CallRecord) => void;

/** What node:http keeps of the answer in progress. */
interface AnswerInProgress {
  readonly headersSent: boolean;
  readonly req: IncomingMessage;
  once(event: 'finish', listener: () => void): void;
}

const answerInProgress = (socket: Duplex): AnswerInProgress | null | undefined =>
  (socket as Duplex & { _httpMessage?: AnswerInProgress | null })._httpMessage;

/** Connections on which requests before the broken one wait for their answers. */
const waiting = new WeakSet<Duplex>();

/** Answers what the HTTP parser refused, and closes the connection: where the next request would begin is not knowable. */
export function answerBrokenRequest(error: NodeJS.ErrnoException, socket: Duplex, onBroken: OnBroken): void {
  if (waiting.has(socket)) return;
  writeBatchNow();
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const inProgress = answerInProgress(socket);
  // RFC 9112 §9.3.2: answers come "in the same order that the corresponding requests were received". Ours would be taken for that of the
  // whole request that still waits for its own.
  if (inProgress?.req.complete) {
    waiting.add(socket);
    // What else comes would be refused anew, packet by packet.
    socket.pause();
    inProgress.once('finish', () => {
      waiting.delete(socket);
      // Where that answer was the last of its connection, this one is nobody's any more.
      if (socket.writable) answerBrokenRequest(error, socket, onBroken);
    });
    return;
  }
  // A call whose body is what broke gets its answer, and is recorded, like any other.
  if (inProgress && failBody(inProgress.req, faultOf(error))) return;
  if (inProgress?.headersSent) {
    socket.destroy();
    return;
  }
  answerAlone(socket, describe(error), onBroken);
}

/** RFC 9110 §9.3.6: no tunnels; node:http gives such a request up, and its connection. */
export function refuseConnect(socket: Duplex, onBroken: OnBroken): void {
  socket.on('error', () => undefined);
  writeBatchNow();
  if (answerInProgress(socket)) socket.destroy();
  else answerAlone(socket, CONNECT, onBroken);
}

/** The only answer to a request that became no call, and the last on its connection. */
function answerAlone(socket: Duplex, refusal: Refusal, onBroken: OnBroken): void {
  const { status, detail, fields } = refusal;
  const correlationId = randomUUID();
  const body = renderProblem(status, detail as string, correlationId);
  const bytesOut = Buffer.byteLength(body);
  const allow = fields.length === 0 ? '' : `${fields[0]}: ${fields[1]}\r\n`;
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${allow}Content-Type: ${PROBLEM_TYPE}\r\nContent-Length: ${bytesOut}\r\n` +
      `Cache-Control: no-store\r\nConnection: close\r\n\r\n${body}`,
    () => socket.destroy(),
  );
  onBroken(recordOf(refusal, { correlationId, bytesOut, clientAddress: plainAddress((socket as Socket).remoteAddress ?? '') }));
}

/** Answers a request that did not arrive in time, and closes the connection. */
export function refuseLate(socket: Duplex, onBroken: OnBroken): void {
  answerBrokenRequest(Object.assign(new Error('late'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' }), socket, onBroken);
}

const TARGET_TOO_LONG = refuse(414, 'uri-too-long', 'The request target is longer than 8192 characters.');
const HEAD_TOO_LARGE = refuse(431, 'head-too-large', 'The request header is larger than 32 KB.');
const LATE = refuse(408, 'late-request', 'The request did not arrive in time.');
const CONNECT = refuse(405, 'connect', 'CONNECT is not served.', ['Allow', 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS']);
const MALFORMED = refuse(400, 'malformed-request', 'The request is not valid HTTP.');

function faultOf({ code }: NodeJS.ErrnoException): BodyFault {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return 'trailers';
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return 'extensions';
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return 'slow';
    default:
      return 'malformed';
  }
}

/** As far as a packet tells: one that begins a request, and whose first line goes on and on. */
const LONG_TARGET = /^[A-Z]{1,20} [^\s]{8193,}/;

function describe(error: NodeJS.ErrnoException & { rawPacket?: Buffer }): Refusal {
  switch (faultOf(error)) {
    case 'trailers':
      return error.rawPacket && LONG_TARGET.test(error.rawPacket.toString('latin1')) ? TARGET_TOO_LONG : HEAD_TOO_LARGE;
    case 'extensions':
      return BODY_FAULTS.extensions;
    case 'slow':
      return LATE;
    case 'malformed':
      return MALFORMED;
  }
}

/** Nothing that such a request says is believed: its record has the answer alone. */
function recordOf({ status, reason }: Refusal, known: Pick<CallRecord, 'correlationId' | 'bytesOut' | 'clientAddress'>): CallRecord {
  return {
    ...known,
    correlationIdGiven: false,
    method: '',
    path: '',
    query: '',
    host: '',
    route: null,
    credential: null,
    requestHeader: () => undefined,
    trace: null,
    startedAt: performance.now(),
    upstreamAt: 0,
    answeredAt: 0,
    status,
    ownAnswer: reason,
    cutBy: '',
    bytesIn: 0,
  };
}
