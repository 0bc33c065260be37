import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

/** Characters that are kept of what came on a connection. */
const MOST_SEEN = 1_000_000;

/** What an upstream does with a connection once a request's head has come; `seen` grows with what follows. */
export type BareAnswer = (connection: { readonly socket: Socket; readonly seen: () => string }) => void;

/** An upstream of bare bytes in the test's own process: each test says what it answers at a path. */
export class BareUpstream {
  readonly #answers = new Map<string, BareAnswer>();
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;
  /** Everything that came on the connection of the last request. */
  seen = '';
  port = 0;

  constructor() {
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      let seen = '';
      socket.on('close', () => this.#sockets.delete(socket));
      socket.on('error', () => undefined);
      socket.on('data', (bytes) => {
        const begins = !seen.includes('\r\n\r\n');
        if (seen.length < MOST_SEEN) seen += bytes.toString('latin1');
        this.seen = seen;
        if (!begins || !seen.includes('\r\n\r\n')) return;
        const path = (seen.split(' ')[1] ?? '').split('?')[0] as string;
        const answer = this.#answers.get(path);
        if (answer === undefined) socket.end('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n');
        else answer({ socket, seen: () => seen });
      });
    });
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Connections that are open. */
  get open(): number {
    return this.#sockets.size;
  }

  /** @param answer bytes, after which the connection is closed; or what to do */
  at(path: string, answer: string | BareAnswer): void {
    this.#answers.set(path, typeof answer === 'string' ? ({ socket }) => void socket.end(answer, 'latin1') : answer);
  }

  async start(): Promise<this> {
    await new Promise<void>((done) => this.#server.listen(0, '127.0.0.1', done));
    this.port = (this.#server.address() as AddressInfo).port;
    return this;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((done) => this.#server.close(done));
  }
}
