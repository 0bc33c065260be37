import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { writeFieldLines } from '../../http1/field-lines.js';
import type { UpstreamExchange, UpstreamFailure, UpstreamListener, UpstreamRequest } from '../upstream-client.js';
import { LeanClient } from './lean-client.js';

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const GET: UpstreamRequest = { method: 'GET', target: '/', lines: '', host: null, bodyLength: 0 };
const POST: UpstreamRequest = { ...GET, method: 'POST' };

let server: Server;
let sockets: Socket[];
/** Our address of each connection. */
let places: (string | undefined)[];
let received: string;
let onData: (socket: Socket, text: string) => void;
let client: LeanClient;
const OPTIONS = {
  connectTimeout: 500,
  firstByteTimeout: 300,
  idleTimeout: 300,
  maxConnectionAge: 300_000,
  tls: null,
  maxConnections: 0,
  maxWaiting: 0,
  waitTimeout: 5_000,
};

beforeEach(async () => {
  sockets = [];
  places = [];
  received = '';
  server = createServer((socket) => {
    sockets.push(socket);
    places.push(socket.localAddress);
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      received += bytes.toString('latin1');
      onData(socket, bytes.toString('latin1'));
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  client = new LeanClient({
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    connectTimeout: 500,
    firstByteTimeout: 300,
    idleTimeout: 300,
    maxConnectionAge: 300_000,
    tls: null,
    maxConnections: 0,
    maxWaiting: 0,
    waitTimeout: 5_000,
  });
});
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await new Promise((done) => server.close(done));
});

const wait = (ms: number) => new Promise((done) => setTimeout(done, ms));

interface Run {
  readonly exchange: UpstreamExchange;
  /** `end <body>`, or the failure. */
  readonly ended: Promise<string | UpstreamFailure>;
}

function open(request: UpstreamRequest, over: Partial<UpstreamListener> = {}): Run {
  let body = '';
  let finish: (outcome: string | UpstreamFailure) => void;
  const ended = new Promise<string | UpstreamFailure>((done) => {
    finish = done;
  });
  const exchange = client.open(request, {
    onInformation: () => undefined,
    onHead: () => undefined,
    onWhole: (_head, whole) => finish(`end ${whole}`),
    onBodyPart: (part) => {
      body += part.toString();
    },
    onSwitch: (_fields, socket) => socket.destroy(),
    onEnd: () => finish(`end ${body}`),
    onFailure: (failure) => finish(failure),
    onWritable: () => undefined,
    ...over,
  });
  return { exchange, ended };
}

test('a request’s head: target, own host, fields in their order with their copies', async () => {
  onData = (socket) => socket.write(OK);
  await open({ ...GET, target: '/a?b', lines: writeFieldLines(['B', '1', 'a', '2', 'B', '3']) }).ended;
  const { port } = server.address() as AddressInfo;
  expect(received).toBe(`GET /a?b HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nB: 1\r\na: 2\r\nB: 3\r\n\r\n`);
});

test.each<[string, Partial<UpstreamRequest>]>([
  ['a space in the target', { target: '/ HTTP/1.1\r\n' }],
  ['a character that Latin-1 would cut to a space', { target: '/\u0120' }],
])('RFC 9112 §2.2: no request is written with %s', (_, over) => {
  onData = () => undefined;
  expect(() => open({ ...GET, ...over })).toThrow(TypeError);
  expect(sockets).toHaveLength(0);
});

describe('request bodies', () => {
  test('by length: head and body', async () => {
    onData = (socket, text) => text.endsWith('abcde') && socket.write(OK);
    const run = open(
      { ...POST, lines: 'Content-Length: 5\r\n', bodyLength: 5 },
      {
        onWritable: () => {
          run.exchange.write(Buffer.from('ab'));
          run.exchange.write(Buffer.from('cde'));
          run.exchange.end();
        },
      },
    );
    expect(await run.ended).toBe('end ok');
    expect(received).toMatch(/Content-Length: 5\r\n\r\nabcde$/);
  });

  test('without a length: in chunks', async () => {
    onData = (socket, text) => text.endsWith('0\r\n\r\n') && socket.write(OK);
    const run = open(
      { ...POST, bodyLength: -1 },
      {
        onWritable: () => {
          run.exchange.write(Buffer.from('x'.repeat(20)));
          run.exchange.write(Buffer.alloc(0));
          run.exchange.end();
        },
      },
    );
    expect(await run.ended).toBe('end ok');
    expect(received).toMatch(/Transfer-Encoding: chunked\r\n\r\n14\r\nx{20}\r\n0\r\n\r\n$/);
  });

  test.each(['abcdef', 'abcd'])('RFC 9112 §6.2: a body that is not as long as announced breaks the connection (%s)', async (body) => {
    onData = () => undefined;
    const run = open(
      { ...POST, lines: 'Content-Length: 5\r\n', bodyLength: 5 },
      {
        onWritable: () => {
          run.exchange.write(Buffer.from(body));
          run.exchange.end();
        },
      },
    );
    expect(await run.ended).toMatchObject({ reason: 'broken', sent: true });
  });

  test('BEHAVIOURS 82: an upstream that does not read holds the upload back', async () => {
    onData = (socket) => socket.pause();
    let more = true;
    const run = open(
      { ...POST, bodyLength: -1 },
      {
        onWritable: () => {
          for (let i = 0; i < 2_000 && more; i++) more = run.exchange.write(Buffer.alloc(100_000));
        },
      },
    );
    await wait(50);
    expect(more).toBe(false);
    run.exchange.abort();
  });

  test('PERFORMANCE, traps: an early refusal is delivered, and the connection not used again', async () => {
    onData = (socket) => socket.write('HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno');
    const run = open({ ...POST, bodyLength: -1 }, { onWritable: () => run.exchange.write(Buffer.from('abc')) });
    expect(await run.ended).toBe('end no');
    onData = (socket) => socket.write(OK);
    await open(GET).ended;
    expect(sockets).toHaveLength(2);
  });
});

describe('BEHAVIOURS 84: a connection that is dead when it is used again', () => {
  async function killedWhenUsedAgain(request: UpstreamRequest): Promise<string | UpstreamFailure> {
    onData = (socket) => socket.write(OK);
    await open(GET).ended;
    onData = (socket) => {
      if (socket === sockets[0]) socket.resetAndDestroy();
      else socket.write(OK);
    };
    return open(request).ended;
  }

  test('a request that may be repeated goes on a new one', async () => {
    expect(await killedWhenUsedAgain(GET)).toBe('end ok');
    expect(sockets).toHaveLength(2);
  });

  test('RFC 9110 §9.2.2: one that may not be repeated does not', async () => {
    expect(await killedWhenUsedAgain(POST)).toMatchObject({ reason: 'broken', sent: true });
    expect(sockets).toHaveLength(1);
  });

  test('once, not for ever', async () => {
    onData = (socket) => socket.write(OK);
    await open(GET).ended;
    onData = (socket) => socket.resetAndDestroy();
    expect(await open(GET).ended).toMatchObject({ reason: 'broken', sent: true });
    expect(sockets).toHaveLength(2);
  });

  test('one that was closed while it was idle is not used', async () => {
    onData = (socket) => socket.write(OK);
    await open(GET).ended;
    sockets[0]?.end();
    await wait(20);
    expect(await open(POST).ended).toBe('end ok');
  });

  test('what cannot be sent twice goes on a fresh one after a second of idleness', async () => {
    onData = (socket) => socket.write(OK);
    await open(GET).ended;
    // By the client's own clock: on a busy machine it may go slower than the wall's.
    const aSecondLater = client.now + 40;
    while (client.now < aSecondLater) await wait(20);
    await open(POST).ended;
    expect(sockets).toHaveLength(2);
  });
});

describe('time-outs', () => {
  test.each<[string, string]>([
    ['until the answer begins', ''],
    ['in the head', 'HTTP/1.1 200 OK\r\n'],
    ['in the body', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no'],
  ])('%s', async (_, bytes) => {
    onData = (socket) => bytes && socket.write(bytes);
    expect(await open(GET).ended).toMatchObject({ reason: 'timeout', sent: true });
  });

  test('a client that takes its time with its body is not the upstream’s fault', async () => {
    onData = (socket, text) => text.endsWith('0\r\n\r\n') && socket.write(OK);
    const run = open({ ...POST, bodyLength: -1 }, { onWritable: () => setTimeout(() => run.exchange.end(), 700) });
    expect(await run.ended).toBe('end ok');
  });

  test('a paused answer is not late', async () => {
    onData = (socket) => socket.write(OK.slice(0, -1));
    const run = open(GET, { onHead: () => run.exchange.pause() });
    await wait(700);
    onData = () => undefined;
    sockets[0]?.write('k');
    run.exchange.resume();
    expect(await run.ended).toBe('end ok');
  });

  test('nobody listens: unreachable, and nothing was sent', async () => {
    client = new LeanClient({
      origin: 'http://127.0.0.1:1',
      connectTimeout: 500,
      firstByteTimeout: 300,
      idleTimeout: 300,
      maxConnectionAge: 300_000,
      tls: null,
      maxConnections: 0,
      maxWaiting: 0,
      waitTimeout: 5_000,
    });
    expect(await open(GET).ended).toMatchObject({ reason: 'unreachable', sent: false });
  });

  test('an idle connection is closed after four seconds', async () => {
    onData = (socket) => socket.write(OK);
    await open(GET).ended;
    await new Promise((done) => sockets[0]?.once('end', done));
  }, 8_000);
});

test('BEHAVIOURS 81: an aborted exchange closes its connection and tells no more', async () => {
  onData = (socket) => socket.write('HTTP/1.1 200 OK\r\n\r\npart');
  let told = '';
  const run = open(GET, { onBodyPart: () => run.exchange.abort(), onFailure: () => (told = 'failure'), onEnd: () => (told = 'end') });
  const ended = (): boolean => sockets[0]?.destroyed === true || sockets[0]?.readableEnded === true;
  for (const end = Date.now() + 20_000; !ended() && Date.now() < end; ) await wait(20);
  expect([told, ended()]).toEqual(['', true]);
});

test('close lets what is in flight finish, and takes nothing more', async () => {
  onData = (socket) => void setTimeout(() => socket.write(OK), 100);
  const { ended } = open(GET);
  await wait(20);
  const closed = client.close();
  expect(await open(GET).ended).toMatchObject({ reason: 'unreachable', sent: false });
  expect(await ended).toBe('end ok');
  await closed;
});

describe('names', () => {
  type Lookup = typeof import('node:dns').lookup;
  const resolvesTo = (addresses: () => string[]): Lookup =>
    ((_host: string, _options: object, callback: (error: null, found: object[]) => void) =>
      callback(
        null,
        addresses().map((address) => ({ address, family: 4 })),
      )) as unknown as Lookup;

  async function reached(lookup: Lookup, maxConnectionAge: number, calls: number): Promise<(string | undefined)[]> {
    await new Promise((done) => server.close(done));
    await new Promise<void>((done) => server.listen(0, '0.0.0.0', done));
    const { port } = server.address() as AddressInfo;
    client = new LeanClient({ ...OPTIONS, origin: `http://orders.test:${port}`, maxConnectionAge }, lookup);
    onData = (socket) => socket.write(OK);
    for (let i = 0; i < calls; i++) expect(await open(GET).ended).toBe('end ok');
    return places;
  }

  test('each connection begins with another address of the host', async () => {
    const found = await reached(
      resolvesTo(() => ['127.0.0.1', '127.0.0.2', '127.0.0.3']),
      0,
      6,
    );
    expect(found).toEqual(['127.0.0.1', '127.0.0.2', '127.0.0.3', '127.0.0.1', '127.0.0.2', '127.0.0.3']);
  });

  test('an address that is dead is passed over', async () => {
    const found = await reached(
      resolvesTo(() => ['127.0.0.1', '255.255.255.255']),
      0,
      4,
    );
    expect(found).toEqual(['127.0.0.1', '127.0.0.1', '127.0.0.1', '127.0.0.1']);
  });

  test('a connection is used again until it is too old, then the name is resolved anew', async () => {
    let asked = 0;
    const lookup = resolvesTo(() => [`127.0.0.${++asked}`]);
    expect(await reached(lookup, 300_000, 3)).toEqual(['127.0.0.1']);
    places = [];
    expect(await reached(lookup, 0, 2)).toEqual(['127.0.0.2', '127.0.0.3']);
  });
});
