/**
 * PERFORMANCE, what follows, 3: whatever the fast path reads, node:http reads the same way. Heads are generated close to the border
 * of what is valid and given to both. FAST_PATH_RUNS sets how many; the default keeps the suite quick.
 */
import { createServer, type Server } from 'node:http';
import { Duplex } from 'node:stream';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { RequestFieldNames } from '../../headers/request-field.js';
import { readRequestFields } from '../../headers/request-fields.js';
import { readPlainRequest } from './plain-request.js';

const RUNS = Number(process.env.FAST_PATH_RUNS ?? 3_000);

interface Reading {
  readonly method: string;
  readonly target: string;
  readonly fields: readonly string[];
  readonly body: string;
  readonly close: boolean;
}

/** A connection of bytes that are there, with nobody behind. */
class Bytes extends Duplex {
  constructor(bytes: Buffer) {
    super();
    this.push(bytes);
    this.push(null);
  }
  override _read(): void {}
  override _write(_part: Buffer, _encoding: string, done: () => void): void {
    done();
  }
  setTimeout(): this {
    return this;
  }
  setNoDelay(): this {
    return this;
  }
  setKeepAlive(): this {
    return this;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
  destroySoon(): void {
    this.destroy();
  }
}

let server: Server;
let readings: Reading[] = [];
beforeAll(() => {
  // As the data plane makes it.
  server = createServer({ maxHeaderSize: 32_768, requireHostHeader: false, insecureHTTPParser: false });
  server.maxHeadersCount = 0;
  server.on('request', (request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => {
      body += part.toString('latin1');
    });
    request.on('end', () => {
      readings.push({
        method: request.method as string,
        target: request.url as string,
        fields: request.rawHeaders,
        body,
        close: !response.shouldKeepAlive,
      });
      response.end();
    });
    request.on('error', () => undefined);
  });
  server.on('clientError', (_error, socket) => socket.destroy());
});
afterAll(() => void server.close());

async function nodeReads(bytes: Buffer): Promise<Reading[]> {
  readings = [];
  const socket = new Bytes(bytes);
  const closed = new Promise((done) => socket.once('close', done));
  server.emit('connection', socket);
  await closed;
  return readings;
}

const pick = (...values: string[]) => fc.constantFrom(...values);
/** Mostly plain, now and then anything. */
const mostly = (plain: fc.Arbitrary<string>, odd: fc.Arbitrary<string>) =>
  fc.oneof({ weight: 30, arbitrary: plain }, { weight: 1, arbitrary: odd });
const character = fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code));
const anything = fc.array(character, { maxLength: 4 }).map((characters) => characters.join(''));
const visible = fc.integer({ min: 33, max: 126 }).map((code) => String.fromCharCode(code));
const word = fc.array(visible, { maxLength: 8 }).map((characters) => characters.join(''));

const method = mostly(
  pick('GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'),
  fc.oneof(anything, pick('TRACE', 'CONNECT', 'QUERY', 'get')),
);
const target = mostly(
  fc
    .array(pick('/', 'a', 'Z', '0', '.', '..', '%2e', '%2F', ';', '?', '=', '&', ':', '@', '~', '*', "'", '(', '+', ',', '!', '$', '%'), {
      maxLength: 8,
    })
    .map((parts) => `/${parts.join('')}`),
  fc.oneof(word, anything, pick('*', 'http://x/', '//x/', '/#', '/\\')),
);
const name = mostly(
  pick('A', 'x-b', 'Accept', 'Cookie', 'Authorization', 'X-Api-Key', 'Keep-Alive', "!#$%&'*+-.^_`|~", 'Set-Cookie', 'Content-Type', 'Date'),
  fc.oneof(
    word,
    anything,
    pick('Transfer-Encoding', 'Content-Length', 'Connection', 'Host', 'Upgrade', 'Expect', 'TE', 'Trailer', 'Proxy-Connection'),
  ),
);
const value = mostly(
  fc.oneof(word, pick('1', 'a b', 'x\ty', '\xe9', '"q"', 'a,b', 'chunked', 'close', '')),
  fc.oneof(anything, pick('chunked', 'identity', '100-continue', 'websocket', '5', '1\r\n 2', '1\nX: 2')),
);
const blank = mostly(pick(' ', '', '\t', '  '), anything);
const lineEnd = mostly(pick('\r\n'), pick('\n', '\r', '\r\r\n', '\n\r', '\r\n '));
const field = fc.tuple(name, mostly(pick(':'), pick(' :', '', '::')), blank, value, blank, lineEnd).map((parts) => parts.join(''));
const host = mostly(pick('Host: x', 'host: a.example:80', 'Host:x '), pick('', 'Host: x\r\nHost: y', 'Host: [::1]', 'Host: x y', 'Host:'));
const framing = mostly(
  pick(
    '',
    'Content-Length: 0\r\n',
    'Content-Length: 3\r\n',
    'content-length:3 \r\n',
    'Connection: close\r\n',
    'Connection: keep-alive\r\n',
  ),
  pick(
    'Content-Length: 03\r\n',
    'Content-Length: 3, 3\r\n',
    'Content-Length: +3\r\n',
    'Transfer-Encoding: chunked\r\n',
    'Connection: x\r\n',
    'Content-Length: 3\r\nContent-Length: 4\r\n',
  ),
);
const body = fc.oneof(pick('', 'abc', 'abcd', '0\r\n\r\n', 'GET /next HTTP/1.1\r\nHost: x\r\n\r\n'), anything);
const request = fc
  .tuple(
    method,
    mostly(pick(' '), blank),
    target,
    mostly(pick(' HTTP/1.1'), pick(' HTTP/1.0', ' HTTP/1.2', ' http/1.1', '', 'HTTP/1.1', ' HTTP/1.1 ')),
    lineEnd,
    fc.array(field, { maxLength: 4 }),
    host,
    lineEnd,
    framing,
    fc.array(field, { maxLength: 2 }),
    lineEnd,
    body,
  )
  .map((parts) => parts.flat().join(''));

const NEXT = Buffer.from('GET /next HTTP/1.1\r\nHost: next\r\n\r\n');
const names = new RequestFieldNames('x-apikey');
let taken = 0;

test(`no head is read differently by node:http (${RUNS} generated)`, async () => {
  await fc.assert(
    fc.asyncProperty(request, async (text) => {
      const bytes = Buffer.from(text, 'latin1');
      const plain = readPlainRequest(bytes, names);
      if (plain === null) return;
      const content = bytes.subarray(plain.headEnd, plain.headEnd + plain.bodyLength);
      // node:http tells of a request once its body is there.
      if (content.length < plain.bodyLength) return;
      taken++;
      const message = bytes.subarray(0, plain.headEnd + plain.bodyLength);
      // Nothing may follow a request that closes; behind any other, both must see the next begin at the same byte.
      const [first, next] = await nodeReads(plain.close ? message : Buffer.concat([message, NEXT]));
      const { method: readMethod, target: readTarget, fields, close } = plain;
      expect(first).toEqual({ method: readMethod, target: readTarget, fields, body: content.toString('latin1'), close });
      const byList = readRequestFields(fields, names);
      const read = plain.readFields(names);
      // Spaces that say nothing are all that the two may differ in.
      expect({ ...read, kept: read.kept.fields }).toEqual({ ...byList, hostChecked: true, kept: byList.kept.fields });
      expect(read.kept.lines).toBe(byList.kept.lines);
      if (!close) expect(next?.target).toBe('/next');
    }),
    { numRuns: RUNS },
  );
  // Were the generator's heads hardly ever plain, nothing would have been compared.
  expect(taken).toBeGreaterThan(RUNS / 10);
}, 3_600_000);
