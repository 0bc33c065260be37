/** A short answer that node:http carries goes out at the end of the turn; what ends its connection before that must not take it along. */
import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { AnswerFields } from '../http1/answer-fields.js';
import type { Caller } from '../transport/caller.js';
import { ClientConnections } from '../transport/client-connections.js';
import { createDataPlaneServer, type DataPlaneServer } from './data-plane-server.js';

const GET = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';

let plane: DataPlaneServer;
let client: Socket;
let carried: Socket;
let received: string;
/** What else happens in the turn in which the answer comes. */
let meanwhile: () => void;

beforeEach(async () => {
  meanwhile = () => undefined;
  const serve = (caller: Caller): void => {
    caller.sendWhole(200, 'OK', AnswerFields.ofFields(['Content-Length', '5']), 'whole');
    meanwhile();
  };
  plane = createDataPlaneServer(serve, {
    fastPath: false,
    fieldNames: () => {
      throw new Error('The fast path is off.');
    },
    tls: null,
    connections: new ClientConnections({
      limits: { connections: 10, connectionsPerAddress: 10 } as never,
      processes: 1,
      isProxy: () => false,
      logger: { warn: () => undefined } as never,
    }),
    bodyPace: { rate: 1, patience: 60_000 } as never,
    onBroken: () => undefined,
  });
  plane.server.prependListener('connection', (socket) => {
    carried = socket;
  });
  await once(plane.server.listen(0, '127.0.0.1'), 'listening');
  client = connect((plane.server.address() as AddressInfo).port, '127.0.0.1');
  received = '';
  client
    .on('error', () => undefined)
    .on('data', (bytes) => {
      received += bytes;
    });
});
afterEach(() => {
  client.destroy();
  carried.destroy();
  plane.server.close();
});

const statuses = (): string[] => Array.from(received.matchAll(/HTTP\/1\.1 (\d+)/g), ([, status]) => status as string);

test('the end of the client’s half', async () => {
  meanwhile = () => process.nextTick(() => carried.emit('end'));
  client.write(GET);
  await once(client, 'end');
  expect(received).toMatch(/^HTTP\/1\.1 200 OK\r\n.*\r\n\r\nwhole$/s);
});

test('a request behind it that is broken', async () => {
  client.write(`${GET}BROKEN\r\n\r\n`);
  await once(client, 'close');
  expect(statuses()).toEqual(['200', '400']);
});

test('a CONNECT behind it', async () => {
  client.write(`${GET}CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n`);
  await once(client, 'close');
  expect(statuses()[0]).toBe('200');
  expect(received).toContain('whole');
});

test('a body that breaks after it', async () => {
  client.write('POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nno size\r\n');
  await once(client, 'close');
  expect(statuses()[0]).toBe('200');
  expect(received).toContain('whole');
});

test('the gateway’s stop, which closes the connection with it', async () => {
  const closed = new Promise<void>((done) => {
    // Once the request is read to its end.
    meanwhile = () =>
      process.nextTick(() => {
        plane.beginStop();
        plane.server.close(() => done());
      });
  });
  client.write(GET);
  await closed;
  await once(client, 'end');
  expect(received).toContain('whole');
}, 8_000);
