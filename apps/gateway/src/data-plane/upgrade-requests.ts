/**
 * What node:http gives up because it asks for another protocol. Only WebSocket is served; any other wish is passed over, as
 * RFC 9110 §7.8 lets a server do.
 */
import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Caller } from '../transport/caller.js';
import { UpgradeCaller } from '../transport/upgrade-caller.js';

export interface UpgradeDeps {
  readonly serve: (caller: Caller) => void;
  /** Takes a connection as if it were new. */
  readonly accept: (socket: Socket) => void;
}

/** @returns closes those connections at once: node:http, which gave them up, does not */
export function serveUpgrades(server: Server, { serve, accept }: UpgradeDeps): () => void {
  const open = new Set<Socket>();
  server.on('upgrade', (request: IncomingMessage, duplex: Duplex, unread: Buffer) => {
    // node:http gives what it was given: by net.Server or tls.Server.
    const socket = duplex as Socket;
    open.add(socket);
    const leave = (): void => void open.delete(socket);
    socket.once('close', leave);
    const onError = (): void => void socket.destroy();
    socket.on('error', onError);
    afterEarlierAnswers(socket, () => {
      socket.off('error', onError);
      // RFC 9110 §7.8: "A server MUST ignore an Upgrade header field that is received in an HTTP/1.0 request."
      if (request.httpVersion === '1.1' && /(?:^|[,\s])websocket(?:$|[,\s])/i.test(request.headers.upgrade ?? ''))
        serve(new UpgradeCaller(request, socket, unread));
      else {
        // From here on it is node:http's again, to close as well; and it may come back with the next wish, as often as it likes.
        socket.off('close', leave);
        leave();
        socket.unshift(Buffer.concat([Buffer.from(headWithoutUpgrade(request), 'latin1'), unread]));
        accept(socket);
        socket.resume();
      }
    });
  });
  return () => {
    for (const socket of [...open]) socket.destroy();
  };
}

/** node:http tells of an upgrade when it is read, even where earlier requests on the connection wait for their answers. */
function afterEarlierAnswers(socket: Socket, then: () => void): void {
  const inProgress = (socket as Socket & { _httpMessage?: NodeJS.EventEmitter | null })._httpMessage;
  if (socket.destroyed) return;
  if (inProgress) inProgress.once('close', () => afterEarlierAnswers(socket, then));
  else then();
}

/** The head once more, to be read as that of an ordinary request. */
function headWithoutUpgrade({ method, url, httpVersion, rawHeaders }: IncomingMessage): string {
  let head = `${method} ${url} HTTP/${httpVersion}\r\n`;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] as string;
    const value = rawHeaders[i + 1] as string;
    const lower = name.toLowerCase();
    if (lower === 'upgrade') continue;
    if (lower !== 'connection') head += `${name}: ${value}\r\n`;
    else {
      const kept = value.split(',').filter((option) => option.trim().toLowerCase() !== 'upgrade');
      if (kept.length > 0) head += `${name}: ${kept.join(',').trim()}\r\n`;
    }
  }
  return `${head}\r\n`;
}
