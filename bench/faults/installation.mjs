/** A whole installation to be broken: PostgreSQL, auth-server, a gateway of several workers, an upstream; each a process of its own. */
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, LOAD_CORE, PROXY_CORE, startPinned, stopAll, stopProcess, untilServing } from '../environment.mjs';
import { takeToken } from '../peers/gatehouse.mjs';
import { startOwnPostgres } from './own-postgres.mjs';

const ROOT = join(import.meta.dirname, '../..');
const GATEHOUSE = join(ROOT, 'bin/gatehouse.mjs');
const TOKENS = 50;

/** Starts one in a folder of its own, and removes everything afterwards. */
export async function withBreakableInstallation(options, use) {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-faults-'));
  // PostgreSQL's user goes through it.
  chmodSync(folder, 0o755);
  const database = await startOwnPostgres(folder);
  try {
    await use(await startInstallation(folder, database, options));
  } finally {
    await stopAll();
    await database.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @returns the gateway's process id and URL, tokens that it knows, and what can be done to the rest */
async function startInstallation(folder, database, { workers }) {
  const [gateway, internal, auth, upstreamPort] = await Promise.all(Array.from({ length: 4 }, freePort));
  const at = (port) => `http://127.0.0.1:${port}`;
  const config = join(folder, 'config');
  cpSync(join(ROOT, 'bench/config'), config, { recursive: true });
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
    UPSTREAM_URL: at(upstreamPort),
    LOG_LEVEL: 'fatal',
  };
  mkdirSync(env.GATEHOUSE_DATA);
  execFileSync(process.execPath, [GATEHOUSE, 'migrate'], { env });
  const start = (core, args, more = {}) => startPinned(core, process.execPath, args, { env: { ...env, ...more } });

  let upstream;
  const startUpstream = async () => {
    upstream = start(LOAD_CORE, [join(import.meta.dirname, 'upstream.mjs')]);
    await untilServing(at(upstreamPort));
  };
  await startUpstream();
  start(PROXY_CORE, [GATEHOUSE, 'auth-server'], { GATEWAY_WORKERS: '1' });
  await untilServing(`${at(auth)}/healthz`);
  const { pid } = start(PROXY_CORE, [GATEHOUSE, 'gateway']);
  await untilServing(`${at(gateway)}/`);
  const tokens = await Promise.all(Array.from({ length: TOKENS }, () => takeToken(at(auth), 'orders')));
  let reloads = 0;
  return {
    pid,
    url: `${at(gateway)}/orders/1`,
    tokens,
    database,
    startUpstream,
    killUpstream: () => stopProcess(upstream, 'SIGKILL'),
    /** Writes a change, which comes into force within moments. */
    reload: () => writeFileSync(join(config, 'plans/changing.yaml'), `name: Change ${++reloads}\n`),
    /** How many changes came into force so far. */
    async reloads() {
      const text = await (await fetch(`${at(internal)}/metrics`)).text();
      return Number(/^gatehouse_config_reloads_total\{.*outcome="applied".*\} (\d+)/m.exec(text)?.[1] ?? 0);
    },
  };
}
