import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { generate } from 'selfsigned';
import { until } from '../../../test/harness/installation.js';
import { type GatewayUnderTest, startGatewayUnderTest } from './gateway-under-test.js';

type Pair = Awaited<ReturnType<typeof generate>>;

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-tls-'));
const servers: Server[] = [];
let gateway: GatewayUnderTest;

const subject = (name: string) => [{ name: 'commonName', value: name }];
const authority = (name: string): Promise<Pair> =>
  generate(subject(name), {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, critical: true },
    ],
  });
const signed = (name: string, ca: Pair, dates: { notBeforeDate?: Date; notAfterDate?: Date } = {}): Promise<Pair> =>
  generate(subject(name), {
    keyType: 'ec',
    algorithm: 'sha256',
    ca: { key: ca.private, cert: ca.cert },
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: name }] }],
    ...dates,
  });

/** @returns port of a server that answers with the name on its client's certificate */
async function serve(pair: Pair, options: ServerOptions = {}): Promise<number> {
  const server = createServer({ key: pair.private, cert: pair.cert, ...options }, (request, response) => {
    const { subject: shown } = (request.socket as TLSSocket).getPeerCertificate();
    response.end(shown?.CN ? `hello ${String(shown.CN)}` : 'hello nobody');
  });
  server.on('tlsClientError', () => undefined);
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return (server.address() as AddressInfo).port;
}

function write(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return `"\${file:${join(folder, name)}}"`;
}

const api = (name: string, port: number, tls: string): Record<string, string> => ({
  [`apis/${name}/api.yaml`]: `name: ${name}
auth: none
upstream: { url: "https://localhost:${port}", retries: 0, connectTimeout: 20s${tls && `, tls: { ${tls} }`} }
routes: [{ paths: [/${name}] }]
`,
});

beforeAll(async () => {
  const [ours, strangers] = [await authority('Our CA'), await authority('Their CA')];
  const plain = await serve(await signed('localhost', ours));
  const otherName = await serve(await signed('orders.internal', ours));
  const past = { notBeforeDate: new Date(Date.now() - 2 * 86_400_000), notAfterDate: new Date(Date.now() - 86_400_000) };
  const expired = await serve(await signed('localhost', ours, past));
  const mutual = await serve(await signed('localhost', ours), { ca: ours.cert, requestCert: true, rejectUnauthorized: true });
  const client = await signed('gateway-7', ours);
  const uninvited = await signed('gateway-8', strangers);
  const ca = `ca: ${write('ca.pem', ours.cert)}`;
  const identity = (name: string, pair: Pair): string =>
    `cert: ${write(`${name}.pem`, pair.cert)}, key: ${write(`${name}.key`, pair.private)}`;
  gateway = await startGatewayUnderTest({
    files: {
      ...api('known', plain, ca),
      ...api('unknown', plain, ''),
      ...api('misnamed', otherName, ca),
      ...api('named', otherName, `${ca}, serverName: orders.internal`),
      ...api('expired', expired, ca),
      ...api('mutual', mutual, `${ca}, ${identity('client', client)}`),
      ...api('anonymous', mutual, ca),
      ...api('uninvited', mutual, `${ca}, ${identity('uninvited', uninvited)}`),
      ...api('replaced', plain, `ca: ${write('replaced.pem', strangers.cert)}`),
    },
    env: { NODE_TLS_REJECT_UNAUTHORIZED: '0' },
  });
});
afterAll(async () => {
  await gateway?.stop();
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
  rmSync(folder, { recursive: true, force: true });
});

const call = async (name: string): Promise<[number, string]> => {
  const response = await fetch(`${gateway.url}/${name}`);
  return [response.status, await response.text()];
};
const logged = (name: string): string =>
  gateway.installation
    .output()
    .split('\n')
    .filter((line) => line.includes(`"api":"${name}"`) && line.includes('An upstream failed.'))
    .join('\n');

test.each([
  ['an own authority', 'known', 'hello nobody'],
  ['a certificate for another name than the host’s', 'named', 'hello nobody'],
  ['a certificate of the gateway’s own', 'mutual', 'hello gateway-7'],
])('an upstream with %s', async (_, name, body) => {
  expect(await call(name)).toEqual([200, body]);
  expect(await call(name)).toEqual([200, body]);
});

test.each([
  ['of an unknown authority', 'unknown', 'is of no known authority: give'],
  ['for another name', 'misnamed', 'is for another name: call it'],
  ['that has expired', 'expired', 'has expired: renew it'],
])('BEHAVIOURS 79: a certificate %s is 502, whatever the environment says, and the log says why', async (_, name, hint) => {
  const [status, body] = await call(name);
  expect(status).toBe(502);
  expect(body).not.toMatch(/certificate|CERT|localhost/);
  await until(() => logged(name).includes(hint), 'it is logged');
});

test.each(['anonymous', 'uninvited'])('BEHAVIOURS 79: an upstream that does not accept who the gateway is: 502 (%s)', async (name) => {
  expect((await call(name))[0]).toBe(502);
  await until(() => logged(name) !== '', 'it is logged');
});

test('a reload reads certificates anew', async () => {
  expect((await call('replaced'))[0]).toBe(502);
  writeFileSync(join(folder, 'replaced.pem'), readFileSync(join(folder, 'ca.pem')));
  gateway.installation.child().kill('SIGHUP');
  await until(async () => (await call('replaced'))[0] === 200, 'the new authority counts');
});
