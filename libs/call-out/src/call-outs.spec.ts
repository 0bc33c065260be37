import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { CallOuts } from './call-outs.js';

let server: Server;
let connections: number;
let answer: RequestListener;
let callOuts: CallOuts;
let target: { url: string; authorization: null };

beforeEach(async () => {
  connections = 0;
  server = createServer((request, response) => answer(request, response));
  server.keepAliveTimeout = 600_000;
  server.on('connection', () => connections++);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  target = { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/x?y=z`, authorization: null };
  callOuts = new CallOuts();
});
afterEach(async () => {
  await callOuts.close();
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
});

const many = (count: number) => Promise.all(Array.from({ length: count }, () => callOuts.post(target, { what: 1 })));

test('W10: twenty call-outs at once share sixteen connections, which serve the next twenty too', async () => {
  const held: (() => void)[] = [];
  let releasing = false;
  answer = (_request, response) => {
    const send = () => void response.end('{}');
    if (releasing) return send();
    held.push(send);
    // All that can come have come: a seventeenth would have had the time.
    if (held.length === 16) {
      setTimeout(() => {
        releasing = true;
        for (const one of held) one();
      }, 100);
    }
    return undefined;
  };
  await many(20);
  expect([connections, held.length]).toEqual([16, 16]);
  await many(20);
  expect(connections).toBe(16);
});

test('a question that met a connection which died meanwhile is asked once more', async () => {
  let asked = 0;
  answer = (request, response) => {
    asked++;
    if (asked === 2) request.socket.destroy();
    else response.end(JSON.stringify({ asked }));
  };
  expect(await callOuts.post(target, {})).toEqual({ asked: 1 });
  expect(await callOuts.post(target, {})).toEqual({ asked: 3 });
  expect(connections).toBe(2);
});

test('but not for ever', async () => {
  let asked = 0;
  answer = (request) => {
    asked++;
    request.socket.destroy();
  };
  await expect(callOuts.post(target, {})).rejects.toMatchObject({ fault: 'unreachable' });
  expect(asked).toBe(2);
});

test('an error names neither the question nor the query of the URL', async () => {
  answer = (_request, response) => response.writeHead(500).end('secret');
  const error = (await callOuts.post(target, { password: 'secret' }).catch((fault: unknown) => fault)) as Error;
  expect(error.message).toBe('status: 500');
});
