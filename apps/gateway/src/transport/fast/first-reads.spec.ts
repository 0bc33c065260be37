import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { offerReads } from './first-reads.js';

let server: Server;
let client: Socket;
let socket: Socket;
let told: string[];

beforeEach(async () => {
  server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const accepted = once(server, 'connection');
  client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  [socket] = (await accepted) as [Socket];
  told = [];
});
afterEach(async () => {
  client.destroy();
  socket.destroy();
  await new Promise((done) => server.close(done));
});

const tell = (bytes: Buffer): void => void told.push(`stream ${bytes}`);
const listen = (): Socket => socket.on('data', tell);
const takeAll = (bytes: Buffer): boolean => told.push(`taken ${bytes}`) > 0;

/** Sends, and waits until that has been read. */
async function send(text: string): Promise<void> {
  const read = socket.bytesRead + text.length;
  client.write(text);
  while (socket.bytesRead < read) await new Promise((done) => setTimeout(done, 5));
  await new Promise(setImmediate);
}

test('what is taken is not told of by the stream, and what is not taken is, all in its order', async () => {
  offerReads(socket, (bytes) => !bytes.includes('body') && takeAll(bytes));
  listen();
  for (const text of ['one', 'body 1', 'two', 'three', 'body 2', 'four']) await send(text);
  expect(told).toEqual(['taken one', 'stream body 1', 'taken two', 'taken three', 'stream body 2', 'taken four']);
});

test('nothing overtakes what waits in the stream', async () => {
  let wanted = false;
  offerReads(socket, (bytes) => wanted && takeAll(bytes));
  listen();
  await send('one');
  socket.pause();
  await send('two');
  wanted = true;
  await send('three');
  expect(told).toEqual(['stream one']);
  socket.resume();
  await send('four');
  expect(told.join()).toMatch(/^stream one,stream two(three|,stream three),taken four$/);
});

test('a stream that was passed by holds back what nobody takes, and goes on', async () => {
  let taking = true;
  offerReads(socket, (bytes) => taking && takeAll(bytes));
  listen();
  await send('one');
  taking = false;
  socket.pause();
  // More than the socket is ready to hold: it stops reading.
  const much = 'x'.repeat(40_000_000);
  const sent = new Promise<void>((done) => client.write(much, () => done()));
  await new Promise((done) => setTimeout(done, 200));
  expect(socket.readableLength).toBeLessThan(1_000_000);
  let bytes = 0;
  socket.off('data', tell).on('data', (part: Buffer) => {
    bytes += part.length;
  });
  socket.resume();
  await sent;
  while (bytes < much.length) await new Promise((done) => setTimeout(done, 5));
  expect([told, bytes]).toEqual([['taken one'], much.length]);
});

test('the end of what the client sends is the stream’s to tell', async () => {
  offerReads(socket, takeAll);
  listen();
  await send('one');
  const ended = once(socket, 'end');
  client.end('two');
  await ended;
  expect(told).toEqual(['taken one', 'taken two']);
});

test('given up amid a chunk, the stream tells of that again, and of all that follows', async () => {
  const end = offerReads(socket, (bytes) => {
    if (!bytes.includes('odd')) return takeAll(bytes);
    end();
    socket.off('data', tell);
    socket.unshift(bytes);
    listen();
    return true;
  });
  listen();
  for (const text of ['one', 'odd', 'two']) await send(text);
  expect(told).toEqual(['taken one', 'stream odd', 'stream two']);
  socket.pause();
  await send('three');
  expect(told).toHaveLength(3);
  socket.resume();
  await send('four');
  expect(told.slice(3).join()).toMatch(/^stream three(four|,stream four)$/);
});

test('given up, the stream asks for more by itself: to it, nothing is being read any longer', async () => {
  const end = offerReads(socket, takeAll);
  listen();
  await send('one');
  const asked = jest.spyOn(socket, '_read');
  socket.read(0);
  expect(asked).not.toHaveBeenCalled();
  end();
  await new Promise(setImmediate);
  expect(asked).toHaveBeenCalled();
});
