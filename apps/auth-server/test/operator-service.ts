/** A service of an operator's, as tests want it: answers call-outs, and stands in for an upstream that tells what it is sent. */
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Question {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  // biome-ignore lint/suspicious/noExplicitAny: what comes is what the tests look at
  readonly body: any;
}

export type Answer = (response: ServerResponse, question: Question) => void;

export interface OperatorService {
  readonly url: string;
  /** Everything that was asked, in order; calls of the upstream are not among it. */
  readonly questions: Question[];
  /** Answers from now on. */
  answer: Answer;
  /** Connections that were ever opened to it. */
  connections(): number;
  stop(): Promise<void>;
}

/** Answers with JSON. */
export const says =
  (body: unknown, status = 200): Answer =>
  (response) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

export async function startOperatorService(): Promise<OperatorService> {
  let connections = 0;
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const text = Buffer.concat(parts).toString();
    const { method = '', url = '', headers } = request;
    // What an upstream is sent.
    if (url.startsWith('/echo')) return void response.end(JSON.stringify(headers));
    const question = { method, path: url, headers, body: text === '' ? null : JSON.parse(text) };
    service.questions.push(question);
    service.answer(response, question);
  });
  // Longer than any test: that connections are kept is what some look at.
  server.keepAliveTimeout = 600_000;
  server.on('connection', () => connections++);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const service: OperatorService = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    questions: [],
    answer: says({}),
    connections: () => connections,
    stop: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
  return service;
}
