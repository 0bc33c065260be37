import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An upstream in the test's own process: the test says how it answers, kills it and brings it back. */
export class ControlledUpstream {
  /** Requests so far, by path. */
  readonly seen = new Map<string, number>();
  /** Answers; to `/health` by `health`. */
  answer: RequestListener = (_request, response) => void response.end(this.name);
  health = 200;
  port = 0;
  #server: Server | null = null;

  constructor(readonly name: string) {}

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Requests but the checks. */
  get calls(): number {
    return [...this.seen].reduce((sum, [path, count]) => sum + (path === '/health' ? 0 : count), 0);
  }

  async start(): Promise<this> {
    const server = createServer((request, response) => this.#serve(request, response));
    this.#server = server;
    await new Promise<void>((done, failed) => server.once('error', failed).listen(this.port, '127.0.0.1', done));
    this.port = (server.address() as AddressInfo).port;
    return this;
  }

  /** Breaks what is open, and is not to be reached any more. */
  async kill(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (server === null) return;
    const closed = new Promise((done) => server.close(done));
    server.closeAllConnections();
    await closed;
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const path = (request.url ?? '').replace(/\?.*/, '');
    this.seen.set(path, (this.seen.get(path) ?? 0) + 1);
    if (path === '/health') response.writeHead(this.health).end();
    else this.answer(request, response);
  }
}
