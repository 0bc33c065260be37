/**
 * The connections of the public port, whatever they carry and whichever transport reads them: how many there are, and whether their
 * clients take what was written. Counted when one is accepted and when it closes; a call costs nothing.
 */
import type { Server, Socket } from 'node:net';
import { networkOf } from '#http/network-of.js';
import type { ClientLimits } from '#process/environment.js';
import type { Logger } from '#process/logger.js';
import { ClientPace, type PaceLimits } from './client-pace.js';

const SECOND_MS = 1_000;
/** Refused connections are told at most once in so many milliseconds. */
const TELL_MS = 10_000;

export interface ClientConnectionsDeps {
  readonly limits: ClientLimits;
  /** Processes that have a part of the connections each. */
  readonly processes: number;
  /** Whether an address is that of a proxy, behind which many clients are: the cap per address does not hold for it. */
  readonly isProxy: (address: string) => boolean;
  readonly logger: Pick<Logger, 'warn'>;
}

/** What Node keeps of a socket's writes (lib/net.js asks for the same to tell a slow peer from a silent one). */
interface SocketHandle {
  readonly bytesWritten: number;
  readonly writeQueueSize: number;
}

export class ClientConnections {
  readonly #most: number;
  readonly #mostPerAddress: number;
  readonly #answerPace: PaceLimits;
  readonly #deps: ClientConnectionsDeps;
  readonly #open = new Set<Socket>();
  /** By networks: an IPv6 client may choose among the addresses of its own. */
  readonly #byAddress = new Map<string, number>();
  /** Of clients for whom something waits. */
  readonly #paces = new Map<Socket, ClientPace>();
  #clock: NodeJS.Timeout | null = null;
  #untold = 0;
  #tellAt = 0;
  readonly refused = { total: 0, address: 0 };
  /** Connections that were broken off because the client took too little. */
  slow = 0;

  constructor(deps: ClientConnectionsDeps) {
    const { connections, connectionsPerAddress, rate, answerPatience } = deps.limits;
    this.#deps = deps;
    this.#most = partOf(connections, deps.processes);
    this.#mostPerAddress = partOf(connectionsPerAddress, deps.processes);
    this.#answerPace = { rate, patience: answerPatience };
  }

  get open(): number {
    return this.#open.size;
  }

  /** Stands before everything that a server does with a new connection: of TLS too, so none is paid a handshake for nothing. */
  guard(server: Server): void {
    const listeners = server.listeners('connection') as ((socket: Socket) => void)[];
    server.removeAllListeners('connection');
    server.on('connection', (socket: Socket) => {
      // One whose wish for another protocol was passed over comes a second time.
      if (this.#open.has(socket) || this.#admit(socket)) for (const listener of listeners) listener.call(server, socket);
    });
  }

  /** Closed without a word: an answer would have to wait for a request, and over TLS for a handshake. */
  #admit(socket: Socket): boolean {
    const { remoteAddress = '' } = socket;
    const address = networkOf(remoteAddress);
    const ofAddress = this.#byAddress.get(address) ?? 0;
    if (this.#open.size >= this.#most) return this.#refuse(socket, 'total', address);
    if (ofAddress >= this.#mostPerAddress && !this.#deps.isProxy(remoteAddress)) return this.#refuse(socket, 'address', address);
    this.#open.add(socket);
    this.#byAddress.set(address, ofAddress + 1);
    this.#clock ??= setInterval(() => this.#tick(), SECOND_MS).unref();
    socket.once('close', () => this.#leave(socket, address));
    return true;
  }

  #leave(socket: Socket, address: string): void {
    this.#open.delete(socket);
    this.#paces.delete(socket);
    const left = (this.#byAddress.get(address) as number) - 1;
    if (left === 0) this.#byAddress.delete(address);
    else this.#byAddress.set(address, left);
    if (this.#open.size > 0 || this.#clock === null) return;
    clearInterval(this.#clock);
    this.#clock = null;
  }

  #refuse(socket: Socket, limit: 'total' | 'address', address: string): false {
    socket.on('error', () => undefined);
    socket.destroy();
    this.refused[limit]++;
    this.#untold++;
    if (Date.now() >= this.#tellAt) {
      this.#tellAt = Date.now() + TELL_MS;
      const most = limit === 'total' ? this.#most : this.#mostPerAddress;
      this.#deps.logger.warn(
        { connections: this.#untold, limit, most, address },
        'Connections of clients are refused: there are too many.',
      );
      this.#untold = 0;
    }
    return false;
  }

  #tick(): void {
    for (const socket of this.#open) {
      const handle = (socket as Socket & { _handle?: SocketHandle | null })._handle;
      if (!handle || handle.writeQueueSize === 0) {
        this.#paces.delete(socket);
        continue;
      }
      const taken = handle.bytesWritten - handle.writeQueueSize;
      let pace = this.#paces.get(socket);
      if (pace === undefined) {
        pace = new ClientPace(this.#answerPace, taken);
        this.#paces.set(socket, pace);
      }
      if (!pace.tick(taken)) continue;
      this.slow++;
      // What the system still holds for the client goes too; and only a reset tells a part of an HTTP/1.0 body from the whole.
      socket.resetAndDestroy();
    }
  }
}

/** Node hands connections to the workers in turn. 0: no limit. */
function partOf(limit: number, processes: number): number {
  return limit === 0 ? Number.POSITIVE_INFINITY : Math.ceil(limit / processes);
}
