import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { AnswerFields } from '../http1/answer-fields.js';
import type { Caller } from '../transport/caller.js';
import { serveUpgrades } from './upgrade-requests.js';

let server: Server;
let client: Socket;
let carried: Socket;
beforeEach(() => {
  server = createServer();
});
afterEach(() => {
  client.destroy();
  carried.destroy();
  server.close();
});

test('BEHAVIOURS 96: a stream in place of a WebSocket can be closed, which node:http does not do any more', async () => {
  let closeUpgraded = (): void => undefined;
  const served = new Promise<Caller>((serve) => {
    closeUpgraded = serveUpgrades(server, { serve, accept: () => undefined });
  });
  server.on('connection', (socket) => {
    carried = socket;
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  client.on('error', () => undefined).resume();
  client.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
  (await served).sendHead(200, '', AnswerFields.ofFields([]));
  server.closeAllConnections();
  expect(carried.destroyed).toBe(false);
  closeUpgraded();
  expect(carried.destroyed).toBe(true);
});

test('wishes that are passed over, a thousand on one connection, leave no listeners behind', async () => {
  const listeners: number[] = [];
  serveUpgrades(server, { serve: () => undefined, accept: (socket) => server.emit('connection', socket) });
  server.on('connection', (socket) => {
    carried = socket;
  });
  server.on('request', (_request, response) => {
    listeners.push(carried.eventNames().reduce((sum, name) => sum + carried.listenerCount(name), 0));
    response.end();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  client.on('error', () => undefined);
  const request = 'GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n';
  // Half of them wait for earlier answers.
  for (let asked = 0; asked < 1_000; asked += 2) {
    client.write(request + request);
    for (let text = ''; text.split('HTTP/1.1 200 ').length < 3; ) text += (await once(client, 'data'))[0];
  }
  expect(listeners).toHaveLength(1_000);
  expect(Math.max(...listeners.slice(500))).toBe(Math.max(...listeners.slice(0, 500)));
});
