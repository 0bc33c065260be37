import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TlsOptions } from 'node:tls';
import type { RequestFieldNames } from '../headers/request-field.js';
import { writeBatchNow } from '../http1/write-batch.js';
import type { Caller } from '../transport/caller.js';
import type { ClientConnections } from '../transport/client-connections.js';
import type { PaceLimits } from '../transport/client-pace.js';
import { FastPath } from '../transport/fast/fast-path.js';
import { NodeHttpCaller, type NodeHttpOwner } from '../transport/node-http-caller.js';
import { answerBrokenRequest, type OnBroken, refuseConnect, refuseLate } from './broken-request.js';
import { keepFreedMemory } from './freed-memory.js';
import { letHeapGrow } from './heap-growth.js';
import { serveUpgrades } from './upgrade-requests.js';
import { tuneYoungGeneration } from './young-generation.js';

/** Granted to calls of connections that asked for a WebSocket and got another answer; as to the others. */
const STOP_BUDGET_MS = 10_000;

export interface DataPlaneServer {
  readonly server: Server;
  /** From now on every answer asks its client to close the connection; connections are accepted and kept as before. */
  beginDrain(): void;
  /** As `beginDrain`, and idle connections are closed. */
  beginStop(): void;
}

export interface DataPlaneServerOptions {
  readonly fastPath: boolean;
  readonly fieldNames: () => RequestFieldNames;
  /** null: the port does not speak TLS. */
  readonly tls: TlsOptions | null;
  readonly connections: ClientConnections;
  readonly bodyPace: PaceLimits;
  readonly onBroken: OnBroken;
}

/**
 * The public port: node:http with one plain handler, and the fast path in front of it. Limits (BEHAVIOURS 85): 32 KB of header, 20 s to send it, 15 minutes for a
 * whole request; connections and their pace by transport/client-connections.ts and client-pace.ts. An idle connection lives 75 s, longer than the minute after which common load balancers give theirs up, so that
 * none of them sends a call into a connection that we are closing.
 */
export function createDataPlaneServer(serve: (caller: Caller) => void, options: DataPlaneServerOptions): DataPlaneServer {
  const { bodyPace, connections, fieldNames, onBroken } = options;
  const owner: { -readonly [K in keyof NodeHttpOwner]: NodeHttpOwner[K] } = { stopping: false, bodyPace };
  const limits = {
    maxHeaderSize: 32_768,
    headersTimeout: 20_000,
    requestTimeout: 900_000,
    keepAliveTimeout: 75_000,
    connectionsCheckingInterval: 5_000,
    insecureHTTPParser: false,
    // Checked with the other fields, for an answer of the usual form.
    requireHostHeader: false,
    highWaterMark: 65_536,
  };
  const server = options.tls === null ? createServer(limits) : createTlsServer({ ...limits, ...options.tls });
  if (options.tls !== null) {
    // Who does not get through the handshake cannot read an answer.
    server.removeAllListeners('tlsClientError');
    server.on('tlsClientError', (_error: Error, socket: Duplex) => socket.destroy());
  }
  const connectionEvent = options.tls === null ? 'connection' : 'secureConnection';
  // node:http closes the other half once a client has closed its own: an answer that is there must have gone out before.
  server.prependListener(connectionEvent, (socket: Socket) => {
    socket.off('end', writeBatchNow).prependListener('end', writeBatchNow);
  });
  // Node drops fields beyond its count in silence; we count ourselves, and refuse.
  server.maxHeadersCount = 0;
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    serve(new NodeHttpCaller(request, response, false, owner));
  });
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    serve(new NodeHttpCaller(request, response, true, owner));
  });
  const closeUpgraded = serveUpgrades(server, { serve, accept: (socket) => server.emit(connectionEvent, socket) });
  server.on('connect', (_request: IncomingMessage, socket: Duplex) => refuseConnect(socket, onBroken));
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => answerBrokenRequest(error, socket, onBroken));
  const fastPath = options.fastPath
    ? new FastPath(server, connectionEvent, { serve, fieldNames, bodyPace, refuseLate: (socket) => refuseLate(socket, onBroken) })
    : null;
  connections.guard(server);
  keepFreedMemory();
  tuneYoungGeneration();
  letHeapGrow();
  return {
    server,
    beginDrain: () => {
      owner.stopping = true;
      fastPath?.beginDrain();
    },
    beginStop: () => {
      owner.stopping = true;
      // A connection whose answer is not written is not idle, and would not be closed.
      writeBatchNow();
      fastPath?.beginStop();
      setTimeout(closeUpgraded, STOP_BUDGET_MS).unref();
    },
  };
}
