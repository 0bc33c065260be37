import { createServer, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { UpstreamListener } from '../upstream-client.js';
import { LeanClient } from './lean-client.js';

interface Outcome {
  readonly interim: number[];
  readonly status: number;
  readonly reason: string;
  readonly fields: string[];
  readonly body: string;
  readonly trailers: string[];
  /** How it ended: `end`, or the reason of the failure. */
  readonly end: string;
}

let answer: (socket: Socket) => void;
let accepted: Socket[] = [];
let server: Server;
let client: LeanClient;

beforeAll(async () => {
  server = createServer((socket) => {
    accepted.push(socket);
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => bytes.includes('\r\n\r\n') && answer(socket));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
});
afterAll(async () => {
  for (const socket of accepted) socket.destroy();
  await new Promise((done) => server.close(done));
});

function exchange(method: string): Promise<Outcome> {
  return new Promise((done) => {
    const seen = { interim: [] as number[], status: 0, reason: '', fields: [] as string[], body: '' };
    const listener: UpstreamListener = {
      onInformation: (status) => seen.interim.push(status),
      onHead: ({ status, reason, fields }) => void Object.assign(seen, { status, reason, fields }),
      onWhole: ({ status, reason, fields }, body) => done({ ...seen, status, reason, fields, body, trailers: [], end: 'end' }),
      onBodyPart: (part) => {
        seen.body += part.toString('latin1');
      },
      onSwitch: () => undefined,
      onEnd: (trailers) => done({ ...seen, trailers, end: 'end' }),
      onFailure: ({ reason }) => done({ ...seen, trailers: [], end: reason }),
      onWritable: () => undefined,
    };
    client.open({ method, target: '/', lines: '', host: null, bodyLength: 0 }, listener);
  });
}

/**
 * One request, answered by bytes that come whole, byte by byte, and cut in two at any place: they must always be read the same way.
 * @returns the outcome, and whether the connection was used again
 */
async function answered(bytes: string, method = 'GET', close = false): Promise<{ outcome: Outcome; reused: boolean }> {
  const outcomes: { outcome: Outcome; reused: boolean }[] = [];
  for (const cuts of ['whole', 'halves', 'bytes']) {
    const port = (server.address() as { port: number }).port;
    client = new LeanClient({
      origin: `http://127.0.0.1:${port}`,
      connectTimeout: 1_000,
      firstByteTimeout: 1_500,
      idleTimeout: 1_500,
      maxConnectionAge: 300_000,
      tls: null,
      maxConnections: 0,
      maxWaiting: 0,
      waitTimeout: 5_000,
    });
    accepted = [];
    let first = true;
    answer = (socket) => {
      const text = first ? bytes : 'HTTP/1.1 200 Second\r\nContent-Length: 0\r\n\r\n';
      first = false;
      void send(socket, text, cuts, close);
    };
    const outcome = await exchange(method);
    let reused = false;
    if (outcome.end === 'end') {
      // What came unasked must have come before the next request.
      await new Promise((next) => setTimeout(next, 5));
      expect((await exchange('GET')).reason).toBe('Second');
      reused = accepted.length === 1;
    }
    await client.close();
    outcomes.push({ outcome, reused });
  }
  expect(outcomes[1]).toEqual(outcomes[0]);
  expect(outcomes[2]).toEqual(outcomes[0]);
  return outcomes[0] as { outcome: Outcome; reused: boolean };
}

async function send(socket: Socket, text: string, cuts: string, close: boolean): Promise<void> {
  socket.setNoDelay(true);
  const size = cuts === 'whole' ? text.length : cuts === 'halves' ? Math.ceil(text.length / 2) : text.length > 2_000 ? 1_000 : 1;
  for (let at = 0; at < text.length; at += size) {
    socket.write(text.slice(at, at + size), 'latin1');
    if (cuts !== 'whole') await new Promise((next) => setImmediate(next));
  }
  if (close) socket.end();
}

const OK = 'HTTP/1.1 200 OK\r\n';
const ok = (over: Partial<Outcome> = {}): Partial<Outcome> => ({ status: 200, end: 'end', ...over });
const chunked = (body: string): string => `${OK}Transfer-Encoding: chunked\r\n\r\n${body}`;

describe('RFC 9112 §6.3: answers that are right, and the connection is used again', () => {
  test.each<[string, string, Partial<Outcome>, string?]>([
    ['a length', `${OK}Content-Length: 2\r\n\r\nab`, ok({ body: 'ab', reason: 'OK' })],
    ['a length of zero', `${OK}Content-Length: 0\r\n\r\n`, ok({ body: '' })],
    [
      'field order, case and copies',
      `${OK}B: 1\r\na: 2\r\nB: 3\r\nContent-Length: 0\r\n\r\n`,
      ok({ fields: ['B', '1', 'a', '2', 'B', '3', 'Content-Length', '0'] }),
    ],
    ['white space around a value', `${OK}A: \t x y\t \r\nContent-Length: 0\r\n\r\n`, ok({ fields: ['A', 'x y', 'Content-Length', '0'] })],
    ['an empty value', `${OK}A:\r\nB: \r\nContent-Length: 0\r\n\r\n`, ok({ fields: ['A', '', 'B', '', 'Content-Length', '0'] })],
    ['bytes above ASCII', `${OK}A: \xe9\xff\r\nContent-Length: 0\r\n\r\n`, ok({ fields: ['A', '\xe9\xff', 'Content-Length', '0'] })],
    ['an empty reason', 'HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n', ok({ reason: '' })],
    ['no reason and no space', 'HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n', ok({ reason: '' })],
    ['an own status', 'HTTP/1.1 799 Own\r\nContent-Length: 0\r\n\r\n', { status: 799, reason: 'Own', end: 'end' }],
    ['names in any case', `${OK}cOnTeNt-LeNgTh: 1\r\n\r\na`, ok({ body: 'a' })],
    ['chunks', chunked('2\r\nab\r\n3\r\ncde\r\n0\r\n\r\n'), ok({ body: 'abcde' })],
    [
      'chunk sizes with zeros and in any case',
      chunked('00A\r\n0123456789\r\n0a\r\n0123456789\r\n000\r\n\r\n'),
      ok({ body: '01234567890123456789' }),
    ],
    ['a chunk extension', chunked('1;a=b;c="d"\r\na\r\n0;e\r\n\r\n'), ok({ body: 'a' })],
    ['trailers', chunked('1\r\na\r\n0\r\nX-Sum: 1\r\nY: 2\r\n\r\n'), ok({ body: 'a', trailers: ['X-Sum', '1', 'Y', '2'] })],
    ['chunks with a line break in the content', chunked('4\r\n\r\n\r\n\r\n0\r\n\r\n'), ok({ body: '\r\n\r\n' })],
    ['HEAD', `${OK}Content-Length: 10\r\n\r\n`, ok({ body: '' }), 'HEAD'],
    ['HEAD of a chunked answer', `${OK}Transfer-Encoding: chunked\r\n\r\n`, ok({ body: '' }), 'HEAD'],
    ['204', 'HTTP/1.1 204 No Content\r\n\r\n', { status: 204, end: 'end', body: '' }],
    [
      '304 with the length of what it stands for',
      'HTTP/1.1 304 Not Modified\r\nContent-Length: 10\r\n\r\n',
      { status: 304, end: 'end', body: '' },
    ],
    ['100 unasked', `HTTP/1.1 100 Continue\r\n\r\n${OK}Content-Length: 1\r\n\r\na`, ok({ body: 'a', interim: [100] })],
    [
      '102 and 103',
      `HTTP/1.1 102 P\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n${OK}Content-Length: 0\r\n\r\n`,
      ok({ interim: [102, 103] }),
    ],
    ['a large body', `${OK}Content-Length: 300000\r\n\r\n${'x'.repeat(300_000)}`, ok({ body: 'x'.repeat(300_000) })],
    [
      'a large head',
      `${OK}A: ${'x'.repeat(60_000)}\r\nContent-Length: 0\r\n\r\n`,
      ok({ fields: ['A', 'x'.repeat(60_000), 'Content-Length', '0'] }),
    ],
    ['a Keep-Alive hint', `${OK}Keep-Alive: timeout=5\r\nContent-Length: 0\r\n\r\n`, ok()],
  ])('%s', async (_, bytes, expected, method = 'GET') => {
    const { outcome, reused } = await answered(bytes, method);
    expect(outcome).toMatchObject(expected);
    expect(reused).toBe(true);
  });
});

describe('answers that are right, after which the connection is closed', () => {
  test.each<[string, string, Partial<Outcome>, string?]>([
    ['a body that ends with the connection', `${OK}\r\nabc`, ok({ body: 'abc' })],
    ['HTTP/1.0', 'HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\na', ok({ body: 'a' })],
    ['HTTP/1.0 without a length', 'HTTP/1.0 200 OK\r\n\r\nabc', ok({ body: 'abc' })],
    ['Connection: close', `${OK}Connection: close\r\nContent-Length: 1\r\n\r\na`, ok({ body: 'a' })],
    ['close in a list', `${OK}Connection: x, Close\r\nContent-Length: 1\r\n\r\na`, ok({ body: 'a' })],
    ['a connection that is kept for a second only', `${OK}Keep-Alive: timeout=1\r\nContent-Length: 0\r\n\r\n`, ok()],
  ])('%s', async (_, bytes, expected, method = 'GET') => {
    const { outcome, reused } = await answered(bytes, method, true);
    expect(outcome).toMatchObject(expected);
    expect(reused).toBe(false);
  });
});

describe('what is left over never becomes the answer to another request', () => {
  test.each<[string, string, string?]>([
    ['a second answer', `${OK}Content-Length: 1\r\n\r\naHTTP/1.1 200 Forged\r\nContent-Length: 0\r\n\r\n`],
    ['more body than its length', `${OK}Content-Length: 1\r\n\r\nabc`],
    ['a byte behind the last chunk', chunked('1\r\na\r\n0\r\n\r\nx')],
    ['a body on HEAD', `${OK}Content-Length: 3\r\n\r\nabc`, 'HEAD'],
    ['a body on 204', 'HTTP/1.1 204 No Content\r\nContent-Length: 3\r\n\r\nabc'],
    ['a body on 304', 'HTTP/1.1 304 Not Modified\r\n\r\nHTTP/1.1 200 Forged\r\n\r\n'],
  ])('%s', async (_, bytes, method = 'GET') => {
    const { outcome, reused } = await answered(bytes, method);
    expect(outcome.end).toBe('end');
    expect(outcome.body.length).toBeLessThanOrEqual(1);
    expect(reused).toBe(false);
  });
});

describe('BEHAVIOURS 72, RFC 9112: what is not plainly right is broken', () => {
  test.each<[string, string]>([
    ['no HTTP', 'SSH-2.0-OpenSSH\r\n'],
    ['HTTP/2', 'HTTP/2 200 OK\r\n\r\n'],
    ['HTTP/1.2', 'HTTP/1.2 200 OK\r\n\r\n'],
    ['lower-case http', 'http/1.1 200 OK\r\n\r\n'],
    ['an empty line first', `\r\n${OK}Content-Length: 0\r\n\r\n`],
    ['a status of two digits', 'HTTP/1.1 20 OK\r\n\r\n'],
    ['a status of four digits', 'HTTP/1.1 2000 OK\r\n\r\n'],
    ['a status below 100', 'HTTP/1.1 099 OK\r\n\r\n'],
    ['two spaces before the status', 'HTTP/1.1  200 OK\r\n\r\n'],
    ['a control character in the reason', 'HTTP/1.1 200 O\x01K\r\nContent-Length: 0\r\n\r\n'],
    ['a bare CR in the reason', 'HTTP/1.1 200 O\rK\r\nContent-Length: 0\r\n\r\n'],
    ['bare LF', 'HTTP/1.1 200 OK\nContent-Length: 0\n\n'],
    ['bare LF behind one field', `${OK}A: 1\nContent-Length: 0\r\n\r\n`],
    ['bare CR in a value', `${OK}A: 1\rB: 2\r\nContent-Length: 0\r\n\r\n`],
    ['NUL in a value', `${OK}A: 1\0\r\nContent-Length: 0\r\n\r\n`],
    ['obs-fold', `${OK}A: 1\r\n 2\r\nContent-Length: 0\r\n\r\n`],
    ['a folded first line', `${OK} A: 1\r\nContent-Length: 0\r\n\r\n`],
    ['space before the colon', `${OK}Content-Length : 0\r\n\r\n`],
    ['no colon', `${OK}A\r\nContent-Length: 0\r\n\r\n`],
    ['no name', `${OK}: 1\r\nContent-Length: 0\r\n\r\n`],
    ['a name that is no token', `${OK}A(: 1\r\nContent-Length: 0\r\n\r\n`],
    ['a name above ASCII', `${OK}\xe9: 1\r\nContent-Length: 0\r\n\r\n`],
    ['Content-Length and Transfer-Encoding', `${OK}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
    ['two lengths', `${OK}Content-Length: 1\r\nContent-Length: 2\r\n\r\nab`],
    ['one length twice', `${OK}Content-Length: 1\r\nContent-Length: 1\r\n\r\na`],
    ['a list of lengths', `${OK}Content-Length: 1, 1\r\n\r\na`],
    ['a signed length', `${OK}Content-Length: +1\r\n\r\na`],
    ['a negative length', `${OK}Content-Length: -1\r\n\r\n`],
    ['a hexadecimal length', `${OK}Content-Length: 0x1\r\n\r\na`],
    ['an empty length', `${OK}Content-Length:\r\n\r\n`],
    ['a length beyond counting', `${OK}Content-Length: 9999999999999999\r\n\r\n`],
    ['an unknown coding', `${OK}Transfer-Encoding: gzip\r\n\r\n`],
    ['two codings', `${OK}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`],
    ['chunked twice', `${OK}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
    ['chunked in HTTP/1.0', 'HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['101 unasked', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n'],
    ['interim answers without end', 'HTTP/1.1 102 P\r\n\r\n'.repeat(40)],
    ['a head that is too large', `${OK}A: ${'x'.repeat(70_000)}\r\n\r\n`],
    ['a head that is too large and never ends', `${OK}A: ${'x'.repeat(200_000)}`],
  ])('%s', async (_, bytes) => {
    const { outcome } = await answered(bytes);
    expect(outcome).toMatchObject({ status: 0, end: 'broken' });
  });

  test.each<[string, string]>([
    ['a size without digits', '\r\nab\r\n0\r\n\r\n'],
    ['a size that is no number', 'xyz\r\n'],
    ['a signed size', '+1\r\na\r\n0\r\n\r\n'],
    ['a size with 0x', '0x1\r\na\r\n0\r\n\r\n'],
    ['space behind the size', '1 \r\na\r\n0\r\n\r\n'],
    ['space before the size', ' 1\r\na\r\n0\r\n\r\n'],
    ['a size beyond counting', 'ffffffffffffffff\r\n'],
    ['a size ended by bare LF', '1\na\r\n0\r\n\r\n'],
    ['a size ended by bare CR', '1\ra\r\n0\r\n\r\n'],
    ['bare LF in an extension', '1;a\na\r\n0\r\n\r\n'],
    ['a chunk longer than its size', '1\r\nab\r\n0\r\n\r\n'],
    ['content ended by bare LF', '1\r\na\n0\r\n\r\n'],
    ['a trailer without colon', '1\r\na\r\n0\r\nX\r\n\r\n'],
    ['a folded trailer', '1\r\na\r\n0\r\nX: 1\r\n 2\r\n\r\n'],
    ['extensions without end', `1;${'x'.repeat(20_000)}`],
    ['trailers without end', `0\r\nX: ${'x'.repeat(40_000)}`],
  ])('a chunked body with %s', async (_, body) => {
    const { outcome } = await answered(chunked(body));
    expect(outcome).toMatchObject({ status: 200, end: 'broken' });
  });
});

describe('BEHAVIOURS 80: what breaks off is no answer', () => {
  test.each<[string, string]>([
    ['nothing', ''],
    ['a status line', 'HTTP/1.1 200 OK\r\n'],
    ['a head without its end', `${OK}Content-Length: 0\r\n`],
    ['a body shorter than its length', `${OK}Content-Length: 5\r\n\r\nab`],
    ['a chunk that is cut', chunked('5\r\nab')],
    ['no last chunk', chunked('2\r\nab\r\n')],
    ['a last chunk without its end', chunked('2\r\nab\r\n0\r\n')],
    ['an interim answer alone', 'HTTP/1.1 103 Early Hints\r\n\r\n'],
  ])('%s, then the end of the connection', async (_, bytes) => {
    expect((await answered(bytes, 'GET', true)).outcome.end).toBe('broken');
  });

  test('RFC 9112 §8: a body that ends with its connection, broken by a reset', async () => {
    const port = (server.address() as { port: number }).port;
    client = new LeanClient({
      origin: `http://127.0.0.1:${port}`,
      connectTimeout: 1_000,
      firstByteTimeout: 1_500,
      idleTimeout: 1_500,
      maxConnectionAge: 300_000,
      tls: null,
      maxConnections: 0,
      maxWaiting: 0,
      waitTimeout: 5_000,
    });
    answer = (socket) => socket.write(`${OK}\r\npart`, () => setTimeout(() => socket.resetAndDestroy(), 20));
    expect(await exchange('GET')).toMatchObject({ body: 'part', end: 'broken' });
    await client.close();
  });
});
