/** The public port behind certificates: who gets which, what is refused, and how they are renewed. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { generate } from 'selfsigned';
import { WebSocket } from 'ws';
import { until } from '../../../test/harness/installation.js';
import { type GatewayUnderTest, rawClient, startGatewayUnderTest } from './gateway-under-test.js';

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-tls-'));
const at = (name: string): string => join(folder, name);
async function writePair(file: string, host: string): Promise<void> {
  const altNames = [{ type: 2 as const, value: host }];
  const pair = await generate([{ name: 'commonName', value: host }], {
    keySize: 2048,
    extensions: [{ name: 'subjectAltName', altNames }],
  });
  writeFileSync(at(`${file}.key`), pair.private);
  writeFileSync(at(`${file}.pem`), pair.cert);
}

let gateway: GatewayUnderTest;
beforeAll(async () => {
  await Promise.all([writePair('a', 'a.example'), writePair('b', '*.b.example')]);
  const own = readFileSync(join(import.meta.dirname, 'config/gatehouse.yaml'), 'utf8');
  const certificates = ['a', 'b'].map((file) => `{ cert: ${at(`${file}.pem`)}, key: ${at(`${file}.key`)} }`);
  gateway = await startGatewayUnderTest({ files: { 'gatehouse.yaml': `${own}tls: { certificates: [${certificates.join(', ')}] }\n` } });
});
afterAll(async () => {
  await gateway?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const options = (servername: string): ConnectionOptions => ({
  host: 'localhost',
  port: gateway.port,
  servername,
  rejectUnauthorized: false,
});

function dial(servername: string, more: ConnectionOptions = {}): Promise<TLSSocket> {
  return new Promise((done, failed) => {
    const socket = connect({ ...options(servername), ...more }, () => done(socket));
    socket.once('error', failed);
  });
}

/** The name in the certificate that a client gets. */
async function nameFor(servername: string): Promise<string> {
  const socket = await dial(servername);
  const { CN } = socket.getPeerCertificate().subject;
  socket.destroy();
  return String(CN);
}

async function ask(request: string): Promise<string> {
  const socket = await dial('a.example');
  let text = '';
  socket.on('data', (part) => {
    text += part.toString('latin1');
  });
  socket.write(request);
  await new Promise((done) => socket.once('close', done));
  return text;
}

describe('BEHAVIOURS 71, 85: the public port with TLS', () => {
  test.each([
    ['a.example', 'a.example'],
    ['A.Example', 'a.example'],
    ['x.b.example', '*.b.example'],
    ['b.example', 'a.example'],
    ['', 'a.example'],
  ])('the client that asks for %j gets the certificate of %s', async (servername, name) => {
    expect(await nameFor(servername)).toBe(name);
  });

  test.each([
    ['plain', '', 200],
    ['node:http', 'TE: trailers\r\n', 200],
    ['an upgrade that is passed over', 'Connection: Upgrade\r\nUpgrade: h2c\r\n', 200],
  ])('a %s call is carried, and the upstream told', async (_, fields, status) => {
    const close = fields.includes('Upgrade') ? '' : 'Connection: close\r\n';
    const request = `GET /open/echo HTTP/1.1\r\nHost: a.example\r\n${fields}${close}\r\n`;
    const second = close === '' ? 'GET /open/echo HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n' : '';
    expect(await ask(request + second)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(await gateway.seenFields()).toMatchObject({ 'x-forwarded-proto': 'https', 'x-forwarded-port': '443' });
  });

  test('a body of megabytes comes back whole', async () => {
    const body = 'x'.repeat(3_000_000);
    const answer = await ask(
      `POST /open/echo HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    expect(answer.includes(`"body":"${body}"`)).toBe(true);
  });

  test('TLS 1.1, another protocol by ALPN, and plain HTTP get nowhere', async () => {
    await expect(dial('a.example', { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' })).rejects.toThrow();
    await expect(dial('a.example', { ALPNProtocols: ['h2'] })).rejects.toThrow();
    const spoken = await dial('a.example', { ALPNProtocols: ['h2', 'http/1.1'] });
    expect(spoken.alpnProtocol).toBe('http/1.1');
    spoken.destroy();
    const plain = rawClient(gateway.port);
    plain.send('GET /open/echo HTTP/1.1\r\nHost: x\r\n\r\n');
    expect((await plain.closed).text).not.toContain('HTTP/1.1');
  });

  test('a WebSocket is asked for inside it', async () => {
    const socket = new WebSocket(`wss://localhost:${gateway.port}/open/echo`, { rejectUnauthorized: false });
    const status = await new Promise((done) => {
      socket.on('error', () => undefined);
      socket.once('unexpected-response', (_, response) => done(response.statusCode));
    });
    // The upstream of these tests serves none, and says so in an ordinary answer.
    expect(status).toBe(200);
  });

  test('a bad new certificate is refused and the old one stays; a good one serves new connections', async () => {
    const kept = await dial('a.example');
    writeFileSync(at('a.pem'), 'no certificate');
    await until(() => gateway.installation.output().includes('New certificates refused'), 'the refusal is logged');
    expect(gateway.installation.output()).toContain('a.pem is not a certificate');
    expect(await nameFor('a.example')).toBe('a.example');
    await writePair('a', 'new.example');
    await until(
      async () => (await nameFor('new.example')) === 'new.example' && (await nameFor('')) === 'new.example',
      'the new one serves',
    );
    let text = '';
    kept.on('data', (part) => {
      text += part;
    });
    kept.write('GET /open/echo HTTP/1.1\r\nHost: a.example\r\n\r\n');
    await until(() => text.startsWith('HTTP/1.1 200 '), 'a connection from before goes on');
    kept.destroy();
  });
});

test('a gateway does not start on a key that is of another certificate, and says so', async () => {
  const own = readFileSync(join(import.meta.dirname, 'config/gatehouse.yaml'), 'utf8');
  const files = { 'gatehouse.yaml': `${own}tls: { certificates: [{ cert: ${at('b.pem')}, key: ${at('a.key')} }] }\n` };
  await expect(startGatewayUnderTest({ files })).rejects.toThrow(/a\.key is not the key of .*b\.pem: put the two of one pair there/);
});
