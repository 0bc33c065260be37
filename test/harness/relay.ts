import { connect, createServer, type Server, type Socket } from 'node:net';

/** Passes bytes on to a server, until it is told to be away. */
export class Relay {
  readonly #sockets = new Set<Socket>();
  readonly #pairs = new Set<readonly [Socket, Socket]>();
  readonly #server: Server;
  #silent = false;
  port = 0;

  /** @param defaultPort where the URL has none */
  constructor(target: URL, defaultPort: number) {
    this.#server = createServer((near) => {
      const far = connect(Number(target.port || defaultPort), target.hostname);
      for (const socket of [near, far]) {
        this.#sockets.add(socket);
        socket.on('error', () => near.destroy());
        socket.on('close', () => this.#sockets.delete(socket));
      }
      const pair = [near, far] as const;
      this.#pairs.add(pair);
      near.on('close', () => this.#pairs.delete(pair));
      if (!this.#silent) near.pipe(far).pipe(near);
    });
  }

  async listen(): Promise<void> {
    await new Promise<void>((done) => this.#server.listen(this.port, '127.0.0.1', done));
    this.port = (this.#server.address() as { port: number }).port;
  }

  /** From now on nothing goes through the connections that are open, and neither end learns of it. New ones are served. */
  muteOpen(): void {
    for (const [near, far] of this.#pairs) {
      near.unpipe(far);
      far.unpipe(near);
    }
  }

  /** As `muteOpen`, and nothing goes through new connections either: so does a stopped process behave, for which the kernel accepts them. */
  fallSilent(): void {
    this.#silent = true;
    this.muteOpen();
  }

  /** New connections are served again; those that were made meanwhile, or before, stay mute. */
  speak(): void {
    this.#silent = false;
  }

  async goAway(): Promise<void> {
    const closed = new Promise((done) => this.#server.close(done));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}
