/** The public port of several workers behind certificates. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { generate } from 'selfsigned';
import { until } from '../../../test/harness/installation.js';
import { callOnce, type GatewayProcess, makeGatewayProcess } from './gateway-process.js';

if (process.env.DATABASE_URL) describe('two workers with TLS', twoWorkers);
else test.skip('two workers with TLS: a gateway of its own needs DATABASE_URL', () => undefined);

function twoWorkers(): void {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-tls-'));
  const [cert, key] = [join(folder, 'own.pem'), join(folder, 'own.key')];
  let gateway: GatewayProcess;

  function writeConfig(tls: string): void {
    const own = readFileSync(join(import.meta.dirname, 'config/gatehouse.yaml'), 'utf8');
    gateway.writeConfig('gatehouse.yaml', own + tls);
  }
  const withTls = `tls: { certificates: [{ cert: ${cert}, key: ${key} }] }\n`;

  async function writePair(name: string): Promise<void> {
    const pair = await generate([{ name: 'commonName', value: name }], { keySize: 2048 });
    writeFileSync(key, pair.private);
    writeFileSync(cert, pair.cert);
  }

  beforeAll(async () => {
    await writePair('first');
    gateway = await makeGatewayProcess({ env: { GATEWAY_WORKERS: '2' } });
    writeConfig(withTls);
    await gateway.start();
  });
  afterAll(async () => {
    await gateway.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Whom the certificate names that a client gets. */
  const nameShown = (): Promise<string> =>
    new Promise((done, failed) => {
      const socket = connect({ port: Number(new URL(gateway.url).port), rejectUnauthorized: false }, () => {
        done(String(socket.getPeerCertificate().subject.CN));
        socket.destroy();
      });
      socket.once('error', failed);
    });
  /** Connections go to the workers in turn: some of them reach each. */
  const namesShown = (): Promise<string[]> => Promise.all(Array.from({ length: 8 }, nameShown));
  const pids = (): unknown[] => gateway.log().flatMap(({ msg, pid }) => (msg === 'Worker serves' ? [pid] : []));

  test('one that takes the place of a dead one while the certificates are bad serves with those that are in force, and takes the next good ones', async () => {
    expect(await namesShown()).toEqual(Array(8).fill('first'));
    writeFileSync(cert, readFileSync(cert, 'utf8').slice(0, 200));
    for (let deaths = 1; deaths <= 2; deaths++) {
      process.kill(pids()[deaths - 1] as number, 'SIGKILL');
      await until(() => pids().length === 2 + deaths, 'it was replaced', 60_000);
    }
    expect(await namesShown()).toEqual(Array(8).fill('first'));
    const refusals = gateway.log().filter(({ msg }) => String(msg).startsWith('The certificates cannot be used'));
    expect(refusals).toEqual([1, 2].map((worker) => expect.objectContaining({ worker, error: expect.stringContaining('own.pem is not') })));
    expect(gateway.output()).not.toContain('PRIVATE KEY');
    await writePair('second');
    await until(async () => (await namesShown()).every((name) => name === 'second'), 'every worker serves with the new one');
  });

  test('whether the port speaks TLS is the same in all workers until the gateway starts anew', async () => {
    const toldOf = (message: string): unknown[] => gateway.log().filter(({ msg }) => String(msg).startsWith(message));
    /** The worker that took the place of another one. */
    const replaceOne = async (): Promise<void> => {
      const before = pids();
      process.kill(before.at(-1) as number, 'SIGKILL');
      await until(() => pids().length > before.length, 'it was replaced', 60_000);
    };
    const changed = 'Whether the public port speaks TLS changes at the next start.';
    writeConfig('');
    await until(() => toldOf(changed).length === 2, 'both workers say that the config wants no TLS');
    await replaceOne();
    expect(await namesShown()).toEqual(Array(8).fill('second'));
    await writePair('third');
    await until(async () => (await namesShown()).every((name) => name === 'third'), 'every worker serves with the renewed one');

    await gateway.end('SIGTERM');
    await gateway.start();
    const statuses = (): Promise<(number | null)[]> => Promise.all(Array.from({ length: 8 }, () => callOnce(`${gateway.url}/open/1`)));
    expect(await statuses()).toEqual(Array(8).fill(200));
    writeConfig(withTls);
    await until(() => toldOf(changed).length === 2, 'both workers say that the config wants TLS');
    await replaceOne();
    expect(await statuses()).toEqual(Array(8).fill(200));
  });
}
