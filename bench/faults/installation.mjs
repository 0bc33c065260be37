/** A whole installation to be broken: PostgreSQL, auth-server, a gateway of several workers, two upstreams; each a process of its own. */
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, LOAD_CORE, PROXY_CORE, startPinned, stopAll, stopProcess, untilServing } from '../environment.mjs';
import { family } from '../measure.mjs';
import { takeToken } from '../peers/gatehouse.mjs';
import { clientPortsOf } from './connections-of.mjs';
import { interruption, orInterruption } from './interruption.mjs';
import { makeOwnPostgres } from './own-postgres.mjs';

const ROOT = join(import.meta.dirname, '../..');
const GATEHOUSE = join(ROOT, 'bin/gatehouse.mjs');
const TOKENS = 50;

/** Starts one in a folder of its own, and removes everything afterwards, also when it is interrupted. */
export async function withBreakableInstallation(options, use) {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-faults-'));
  // PostgreSQL's user goes through it.
  chmodSync(folder, 0o755);
  const parts = { database: null, gateway: null };
  let fault = null;
  try {
    await orInterruption(startInstallation(folder, parts, options).then(use));
  } catch (error) {
    fault = error;
  }
  if (parts.gateway !== null && parts.gateway.exitCode === null) signalFamily(parts.gateway.pid, 'SIGCONT');
  await Promise.all([stopAll(), parts.database?.stop()]);
  rmSync(folder, { recursive: true, force: true });
  if (fault === null) return;
  if (!interruption.aborted) console.error(fault);
  // What was being done, such as a load, would go on.
  process.exit(1);
}

/**
 * @param parts what must not be left behind is noted there
 * @returns the gateway's process id, what can be called, and what can be done to the parts
 */
async function startInstallation(folder, parts, { workers, snapshots = '' }) {
  const [gateway, internal, auth, ...upstreamPorts] = await Promise.all(Array.from({ length: 5 }, freePort));
  const at = (port) => `http://127.0.0.1:${port}`;
  const config = join(folder, 'config');
  for (const part of ['bench/config', 'bench/faults/config']) cpSync(join(ROOT, part), config, { recursive: true });
  const database = await makeOwnPostgres(folder);
  parts.database = database;
  await database.start();
  const heapFolder = join(folder, 'heap');
  const env = {
    PATH: process.env.PATH,
    DATABASE_URL: database.url,
    GATEHOUSE_SECRET: 'a secret for the benchmark, long enough',
    GATEHOUSE_CONFIG: config,
    GATEHOUSE_DATA: join(folder, 'data'),
    GATEWAY_PORT: gateway,
    GATEWAY_INTERNAL_PORT: internal,
    GATEWAY_WORKERS: workers,
    AUTH_SERVER_PORT: auth,
    PUBLIC_AUTH_URL: at(auth),
    UPSTREAM_URL: at(upstreamPorts[0]),
    SECOND_UPSTREAM_URL: at(upstreamPorts[1]),
    LOG_LEVEL: 'fatal',
  };
  for (const made of [env.GATEHOUSE_DATA, heapFolder]) mkdirSync(made);
  execFileSync(process.execPath, [GATEHOUSE, 'migrate'], { env });
  const start = (core, args, more = {}) => {
    interruption.throwIfAborted();
    return startPinned(core, process.execPath, args, { env: { ...env, ...more } });
  };

  const upstreams = [];
  const startUpstream = async (number) => {
    const url = at(upstreamPorts[number]);
    upstreams[number] = start(LOAD_CORE, [join(import.meta.dirname, 'upstream.mjs')], { UPSTREAM_URL: url });
    await untilServing(url);
  };
  await Promise.all([startUpstream(0), startUpstream(1)]);
  start(PROXY_CORE, [GATEHOUSE, 'auth-server'], { GATEWAY_WORKERS: '1' });
  await untilServing(`${at(auth)}/healthz`);
  parts.gateway = start(PROXY_CORE, [GATEHOUSE, 'gateway'], {
    NODE_OPTIONS: `--import ${join(import.meta.dirname, 'heap-probe.mjs')}`,
    HEAP_PROBE_FOLDER: heapFolder,
    HEAP_PROBE_SNAPSHOTS: snapshots,
    LOG_LEVEL: 'info',
  });
  let said = '';
  parts.gateway.stderr.on('data', (part) => (said += part));
  const { pid } = parts.gateway;
  await untilServing(`${at(gateway)}/`);
  const takeTokens = (api, count) => Promise.all(Array.from({ length: count }, () => takeToken(at(auth), api)));
  const targetOf = async (api) => ({ url: `${at(gateway)}/${api}/1`, tokens: await takeTokens(api, TOKENS) });
  const metric = async (pattern) => Number(pattern.exec(await (await fetch(`${at(internal)}/metrics`)).text())?.[1]);
  let reloads = 0;
  return {
    pid,
    heapFolder,
    /** One API with one upstream, one with two. */
    orders: await targetOf('orders'),
    paired: await targetOf('paired'),
    takeTokens,
    database,
    startUpstream,
    killUpstream: (number) => stopProcess(upstreams[number], 'SIGKILL'),
    /** Whether the gateway uses an upstream: its circuit breaker is not open. */
    isUsed: async (number) =>
      (await metric(new RegExp(`^gatehouse_gateway_upstream_available\\{upstream="${at(upstreamPorts[number])}"\\} (\\d)`, 'm'))) === 1,
    /** Kills a worker at once. @returns ports of the clients whose connections it had */
    killWorker(number) {
      const worker = family(pid)[number];
      process.kill(Number(worker), 'SIGSTOP');
      const ports = clientPortsOf(worker, gateway);
      process.kill(Number(worker), 'SIGKILL');
      return ports;
    },
    /** How many workers began to serve so far. */
    workersServed: () => said.match(/"Worker serves"/g)?.length ?? 0,
    /** Writes a change, which comes into force within moments. */
    reload: () => writeFileSync(join(config, 'plans/changing.yaml'), `name: Change ${++reloads}\n`),
    /** How many changes came into force so far. */
    reloads: () => metric(/^gatehouse_config_reloads_total\{.*outcome="applied".*\} (\d+)/m),
  };
}

/** One call on a connection of its own. @returns its status, or what went wrong */
export function callOnce(url, token) {
  return new Promise((done) => {
    get(url, { agent: false, headers: { authorization: `Bearer ${token}` } }, (response) => {
      response.resume();
      response.once('end', () => done(response.statusCode));
      response.once('error', (error) => done(error.code));
    }).once('error', (error) => done(error.code));
  });
}

function signalFamily(pid, signal) {
  for (const one of family(pid)) {
    try {
      process.kill(Number(one), signal);
    } catch (error) {
      if (error.code !== 'ESRCH') throw error;
    }
  }
}
