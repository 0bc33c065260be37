import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { AnswerFields } from '../http1/answer-fields.js';
import type { Caller } from '../transport/caller.js';
import { serveUpgrades } from './upgrade-requests.js';

const server = createServer();
let client: Socket;
let carried: Socket;
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
