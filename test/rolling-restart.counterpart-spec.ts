/** Two gateways on one database behind HAProxy, by the configuration in deploy/engines/haproxy/balancer.cfg, restarted in turn. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { endProcess, installed, replaceOnly } from '../apps/gateway/test/engines/engine.js';
import { readExposition } from '../apps/gateway/test/exposition.js';
import { type GatewayProcess, makeGatewayProcess } from '../apps/gateway/test/gateway-process.js';
import { freePorts } from './harness/free-port.js';
import { until } from './harness/installation.js';

const BALANCER = join(import.meta.dirname, '../deploy/engines/haproxy/balancer.cfg');
const CLIENTS = 8;
/** Milliseconds that a client waits after each call. */
const PAUSE = 20;

if (!process.env.DATABASE_URL) test.skip('rolling restart: several gateways need DATABASE_URL', () => undefined);
else if (!installed('haproxy')) test.skip('rolling restart: haproxy is not installed', () => undefined);
else describe('two gateways behind HAProxy', rollingRestart);

function rollingRestart(): void {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-balancer-'));
  const gateways: GatewayProcess[] = [];
  let haproxy: ChildProcess | undefined;
  let port: number;
  let token: string;

  beforeAll(async () => {
    const drain = { GATEWAY_DRAIN_DELAY: '5s' };
    const first = await makeGatewayProcess({ env: drain });
    gateways.push(first);
    gateways.push(await makeGatewayProcess({ env: { ...drain, DATABASE_URL: first.databaseUrl, UPSTREAM_URL: first.upstreamUrl } }));
    for (const gateway of gateways) await gateway.start();
    token = await first.issueToken('orders');
    [port] = (await freePorts(1)) as [number];
    const file = join(folder, 'balancer.cfg');
    writeFileSync(file, configOf(port, gateways));
    haproxy = spawn('haproxy', ['-db', '-f', file], { stdio: ['ignore', 'inherit', 'inherit'] });
    await until(async () => (await call(port, '/open/echo')) === '200', 'HAProxy serves');
  });
  afterAll(async () => {
    if (haproxy) await endProcess(haproxy);
    for (const gateway of gateways.reverse()) await gateway.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('BEHAVIOURS 96: each is ended and started again under load, and no call fails', async () => {
    const agent = new Agent({ keepAlive: true });
    const outcomes = new Map<string, number>();
    let calling = true;
    const client = async (number: number): Promise<void> => {
      for (let i = number; calling; i++) {
        const headers = { authorization: `Bearer ${token}` };
        const outcome = await (i % 8 === 0 ? call(port, '/open/slow', { agent }) : call(port, '/orders/v1/echo', { agent, headers }));
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
        await delay(PAUSE);
      }
    };
    const clients = Array.from({ length: CLIENTS }, (_, number) => client(number));
    try {
      for (const gateway of gateways) await until(async () => (await callsOf(gateway)) > 50, 'both gateways are called');
      for (const gateway of gateways) {
        expect(await gateway.end('SIGTERM')).toEqual([0, null]);
        await gateway.start();
        await until(async () => (await callsOf(gateway)) > 50, 'HAProxy sends calls to it again');
      }
    } finally {
      calling = false;
      await Promise.all(clients);
      agent.destroy();
    }
    expect([...outcomes.keys()]).toEqual(['200']);
  });
}

/** The deployed text, with ports of the test's own. */
function configOf(port: number, gateways: readonly GatewayProcess[]): string {
  const changes: [string, string][] = [['bind :8000', `bind 127.0.0.1:${port}`]];
  gateways.forEach(({ url, internal }, i) => {
    changes.push([`gateway${i + 1}:8000 port 8001`, `127.0.0.1:${new URL(url).port} port ${new URL(internal).port}`]);
  });
  return changes.reduce((text, [from, to]) => replaceOnly(text, from, to, BALANCER), readFileSync(BALANCER, 'utf8'));
}

/** @returns the status, or how the call broke */
function call(port: number, path: string, options: { agent?: Agent; headers?: Record<string, string> } = {}): Promise<string> {
  return new Promise((done) => {
    const broken = (error: Error): void => done(error.message);
    const sent = request({ host: '127.0.0.1', port, path, ...options }, (response) => {
      response.resume();
      response.on('end', () => done(String(response.statusCode)));
      response.on('error', broken);
    });
    sent.on('error', broken);
    sent.end();
  });
}

/** Calls that a gateway process has answered since it started. */
async function callsOf({ internal }: GatewayProcess): Promise<number> {
  const response = await fetch(`${internal}/metrics`);
  return readExposition(await response.text()).sum('gatehouse_gateway_calls_total');
}
