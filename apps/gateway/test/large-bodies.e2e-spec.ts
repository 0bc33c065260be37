/** Large bodies, each way and on both transports: every byte, whoever is slow, while others read and write. */
import { createHash } from 'node:crypto';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { BareUpstream } from './bare-upstream.js';
import { type GatewayUnderTest, startGatewayUnderTest } from './gateway-under-test.js';

/** More than systems hold for a client that is slow. */
const BYTES = 16_000_000;
const CLIENTS = 4;

/** No stretch of it is like another, and none is in that of another number. */
const bodyOf = (number: number): Buffer => Buffer.from(new Uint32Array(BYTES / 4).map((_, i) => i * CLIENTS + number).buffer);
const sum = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const turn = () => new Promise((done) => setImmediate(done));

let bare: BareUpstream;
beforeAll(async () => {
  bare = await new BareUpstream().start();
  for (let number = 0; number < CLIENTS; number++) {
    bare.at(`/plain/${number}`, ({ socket }) => {
      socket.write(`HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: ${BYTES}\r\n\r\n`);
      socket.end(bodyOf(number));
    });
    bare.at(`/chunked/${number}`, async ({ socket }) => {
      const body = bodyOf(number);
      socket.write('HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n');
      // Now in pieces of some bytes, now of more than any read brings.
      for (let at = 0, size = 7; at < BYTES; at += size, size = (size * 13) % 700_001) {
        const piece = body.subarray(at, at + size);
        socket.write(`${piece.length.toString(16)}\r\n`);
        socket.write(piece);
        socket.write('\r\n');
        await turn();
      }
      socket.end('0\r\n\r\n');
    });
  }
});
afterAll(() => bare?.stop());

describe.each(['on', 'off'])('with the fast path %s', (fastPath) => {
  let gateway: GatewayUnderTest;
  beforeAll(async () => {
    gateway = await startGatewayUnderTest({
      env: { GATEWAY_FAST_PATH: fastPath },
      files: {
        'apis/gone/api.yaml': `name: Bare\nauth: none\nupstream: { url: "${bare.url}" }\nroutes: [{ paths: [/bare] }]\n`,
      },
    });
  });
  afterAll(() => gateway?.stop());

  /** @param slow stops for a moment after each read. @returns the answer's body */
  const download = (target: string, slow: boolean): Promise<Buffer> =>
    new Promise((done, fail) => {
      const socket = connect(gateway.port, '127.0.0.1');
      const parts: Buffer[] = [];
      socket.on('error', fail);
      socket.on('data', (part) => {
        parts.push(part);
        if (!slow) return;
        socket.pause();
        setTimeout(() => socket.resume(), 1);
      });
      socket.on('close', () => {
        const bytes = Buffer.concat(parts);
        const end = bytes.indexOf('\r\n\r\n') + 4;
        const chunked = bytes.toString('latin1', 0, end).toLowerCase().includes('chunked');
        done(chunked ? joinChunks(bytes, end) : bytes.subarray(end));
      });
      socket.write(`GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    });

  test.each(['plain', 'chunked'])('BEHAVIOURS 82: %s answers arrive as they were sent, to quick clients and slow ones', async (kind) => {
    const numbers = Array.from({ length: CLIENTS }, (_, i) => i);
    const bodies = await Promise.all(numbers.map((number) => download(`/bare/${kind}/${number}`, number % 2 === 1)));
    expect(bodies.map((body) => body.length)).toEqual(numbers.map(() => BYTES));
    expect(bodies.map(sum)).toEqual(numbers.map((number) => sum(bodyOf(number))));
  });
});

function joinChunks(bytes: Buffer, from: number): Buffer {
  const parts: Buffer[] = [];
  for (let at = from; ; ) {
    const line = bytes.indexOf('\r\n', at);
    const size = Number.parseInt(bytes.toString('latin1', at, line), 16);
    if (size === 0) return Buffer.concat(parts);
    parts.push(bytes.subarray(line + 2, line + 2 + size));
    at = line + 2 + size + 2;
  }
}
