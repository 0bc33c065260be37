/** All plain connections read into one buffer: whatever is told of an answer must stay as it was told while others are read. */
import { createHash } from 'node:crypto';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { UpstreamExchange, UpstreamRequest } from '../upstream-client.js';
import { LeanClient } from './lean-client.js';

const GET: UpstreamRequest = { method: 'GET', target: '/', lines: '', host: null, bodyLength: 0 };
const CONNECTIONS = 12;
const ROUNDS = 6;

/** The same each time: what looks random must fail the same way twice. */
let seed = 1;
const upTo = (most: number): number => {
  seed = (seed * 48_271) % 2_147_483_647;
  return seed % most;
};
const turn = (ms = 0) => new Promise((done) => setTimeout(done, ms));
const sum = (parts: readonly (Buffer | string)[]): string => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(typeof part === 'string' ? Buffer.from(part, 'latin1') : part);
  return hash.digest('hex');
};

let server: Server;
let client: LeanClient;
let answer: (socket: Socket, target: string) => Promise<void>;
const sockets = new Set<Socket>();
beforeAll(async () => {
  server = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined));
    socket.on('data', (bytes) => void answer(socket, bytes.toString().split(' ')[1] as string));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  client = new LeanClient({
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    connectTimeout: 20_000,
    firstByteTimeout: 20_000,
    idleTimeout: 20_000,
    maxConnectionAge: 300_000,
    tls: null,
    maxConnections: 0,
    maxWaiting: 0,
    waitTimeout: 5_000,
  });
});
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  await client.close();
  await new Promise((done) => server.close(done));
});

/** Bytes that differ from those of every other answer. */
const bodyOf = (target: string, length: number): Buffer => Buffer.alloc(length, createHash('sha256').update(target).digest());

function inChunks(body: Buffer): Buffer {
  const pieces: Buffer[] = [];
  for (let at = 0; at < body.length; ) {
    const piece = body.subarray(at, at + 1 + upTo(90_000));
    pieces.push(Buffer.from(`${piece.length.toString(16)};x=y\r\n`), piece, Buffer.from('\r\n'));
    at += piece.length;
  }
  return Buffer.concat([...pieces, Buffer.from('0\r\nDigest: of-')]);
}

test('heads, parts and trailers, some told late, are those of their own answer', async () => {
  answer = async (socket, target) => {
    const [, kind, length] = target.split('/') as [string, string, string];
    const body = bodyOf(target, Number(length));
    const head = `HTTP/1.1 200 OK\r\nX-Target: ${target}\r\n`;
    const bytes =
      kind === 'chunked'
        ? Buffer.concat([Buffer.from(`${head}Transfer-Encoding: chunked\r\n\r\n`), inChunks(body), Buffer.from(`${target}\r\n\r\n`)])
        : Buffer.concat([Buffer.from(`${head}Content-Length: ${body.length}\r\n\r\n`), body]);
    for (let at = 0; at < bytes.length; ) {
      const end = at + 1 + upTo(upTo(2) === 0 ? 40 : 200_000);
      socket.write(bytes.subarray(at, end));
      at = end;
      if (upTo(3) === 0) await turn();
    }
  };
  const run = (target: string): Promise<string> =>
    new Promise((done) => {
      const parts: (Buffer | string)[] = [];
      let fields: string[] = [];
      let trailers: string[] = [];
      const finish = (): void => done([fields[1], sum(parts), trailers[1] ?? ''].join(' '));
      const exchange: UpstreamExchange = client.open(
        { ...GET, target },
        {
          onInformation: () => undefined,
          onHead: (head) => {
            fields = head.fields;
          },
          onWhole: (head, body) => {
            fields = head.fields;
            parts.push(body);
            finish();
          },
          onBodyPart: (part) => {
            parts.push(part);
            if (upTo(4) > 0) return;
            exchange.pause();
            // Also at once: a socket that is paused and goes on within its own reading.
            if (upTo(3) === 0) exchange.resume();
            else setTimeout(() => exchange.resume(), upTo(3));
          },
          onSwitch: () => undefined,
          onEnd: (last) => {
            trailers = last;
            // Not before others have been read.
            setTimeout(finish, 2);
          },
          onFailure: ({ error }) => done(error.message),
          onWritable: () => undefined,
        },
      );
    });
  for (let round = 0; round < ROUNDS; round++) {
    const targets = Array.from({ length: CONNECTIONS }, (_, i) => {
      const length = [upTo(50), upTo(9_000), upTo(600_000)][upTo(3)] as number;
      return `/${upTo(2) === 0 ? 'chunked' : 'plain'}/${length}/${round}-${i}`;
    });
    const outcomes = await Promise.all(targets.map(run));
    const expected = targets.map((target) => {
      const [, kind, length] = target.split('/') as [string, string, string];
      return [target, sum([bodyOf(target, Number(length))]), kind === 'chunked' ? `of-${target}` : ''].join(' ');
    });
    expect(outcomes).toEqual(expected);
  }
  // Connections were used again, and so read on after they had been paused.
  expect(client.counts.opened).toBeLessThan(CONNECTIONS * ROUNDS);
});

test('a connection that was given away is read by who has it, held back where that one is slow, and to its end', async () => {
  // No stretch of it is like another.
  const sent = Buffer.from(new Uint32Array(6_000_000).map((_, i) => i).buffer);
  let upstream: Socket | undefined;
  answer = async (socket, target) => {
    if (target !== '/switch') {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nother');
      return;
    }
    socket.write(
      Buffer.concat([
        Buffer.from('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n'),
        sent.subarray(0, 1_000),
      ]),
    );
    socket.end(sent.subarray(1_000));
    upstream = socket;
  };
  const other = (): Promise<string> =>
    new Promise((done) => {
      const listener = { onInformation: () => undefined, onHead: () => undefined, onBodyPart: () => undefined, onEnd: () => undefined };
      const rest = { onSwitch: () => undefined, onWritable: () => undefined, onFailure: () => done('failed') };
      client.open({ ...GET, target: '/other' }, { ...listener, ...rest, onWhole: (_head, body) => done(body) });
    });
  const { socket, unread } = await new Promise<{ socket: Socket; unread: Buffer }>((done, fail) => {
    client.open(
      { ...GET, target: '/switch', webSocket: true },
      {
        onInformation: () => undefined,
        onHead: () => fail(new Error('a head came')),
        onWhole: () => fail(new Error('an answer came')),
        onBodyPart: () => undefined,
        onSwitch: (_fields, socket, unread) => done({ socket, unread }),
        onEnd: () => undefined,
        onFailure: ({ error }) => fail(error),
        onWritable: () => undefined,
      },
    );
  });
  expect(await other()).toBe('other');
  const parts = [unread];
  await turn(20);
  expect(socket.isPaused()).toBe(true);
  expect(upstream?.writableLength).toBeGreaterThan(0);
  const ended = new Promise((done) => socket.once('end', done));
  socket.on('data', (part: Buffer) => {
    parts.push(part);
    socket.pause();
    void other().then(() => socket.resume());
  });
  socket.resume();
  await ended;
  expect(sum(parts)).toBe(sum([sent]));
  socket.destroy();
});
