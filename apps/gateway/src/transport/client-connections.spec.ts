import { EventEmitter } from 'node:events';
import type { Server, Socket } from 'node:net';
import { expect, test } from '@jest/globals';
import { ClientConnections } from './client-connections.js';

/** Connects from one address after the other. @returns whether each was let in */
function admitted(addresses: readonly string[], limits: { connections: number; connectionsPerAddress: number }, processes = 1): boolean[] {
  const server = new EventEmitter();
  const accepted = new Set<unknown>();
  server.on('connection', (socket) => accepted.add(socket));
  const connections = new ClientConnections({
    limits: { ...limits, rate: 0, bodyPatience: 1, answerPatience: 1 },
    processes,
    isProxy: () => false,
    logger: { warn: () => undefined },
  });
  connections.guard(server as Server);
  const sockets = addresses.map((remoteAddress) => Object.assign(new EventEmitter(), { remoteAddress, destroy: () => undefined }));
  for (const socket of sockets) server.emit('connection', socket as unknown as Socket);
  const result = sockets.map((socket) => accepted.has(socket));
  for (const socket of sockets) socket.emit('close');
  expect(connections.open).toBe(0);
  return result;
}

test('BEHAVIOURS 85: an IPv6 client is its network of 64 bits, an IPv4 client is itself in either writing', () => {
  const limits = { connections: 0, connectionsPerAddress: 2 };
  expect(admitted(['2001:db8::1', '2001:db8::2', '2001:db8:0:0:ffff::3', '2001:db8:0:1::1'], limits)).toEqual([true, true, false, true]);
  expect(admitted(['192.0.2.1', '::ffff:192.0.2.1', '192.0.2.1', '::ffff:192.0.2.2'], limits)).toEqual([true, true, false, true]);
});

test('BEHAVIOURS 85: each of several processes has its part, rounded up; 0 is no limit', () => {
  const addresses = ['192.0.2.1', '192.0.2.2', '192.0.2.3', '192.0.2.4'];
  expect(admitted(addresses, { connections: 10, connectionsPerAddress: 1 }, 4)).toEqual([true, true, true, false]);
  expect(admitted(addresses, { connections: 0, connectionsPerAddress: 0 }, 4)).toEqual([true, true, true, true]);
});
