/**
 * What a token costs: tokens per second, the slowest hundredth, and CPU of the issuing process per token, durable on PostgreSQL
 * (synchronous_commit=on), beside oidc-provider on its memory adapter, in the same run, one process each on one core.
 *
 *   DATABASE_URL=postgres://… npm run bench:tokens -- [--rounds 3] [--seconds 5] [--connections 64]
 *
 * The peer needs `npm install --prefix bench/tokens` and Node 22 or newer (NODE24 names its binary); without them it is left out.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { freePort, PROXY_CORE, startPinned, stopAll, untilServing } from '../environment.mjs';
import { measureTokens } from './measure-tokens.mjs';
import { prepareDatabase } from './prepare-database.mjs';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '5' },
    connections: { type: 'string', default: '64' },
  },
});
const options = { rounds: Number(values.rounds), seconds: Number(values.seconds), connections: Number(values.connections) };
const server = process.env.DATABASE_URL;
if (!server) {
  console.error('bench: set DATABASE_URL to a PostgreSQL server on which a database can be made.');
  process.exit(1);
}

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-bench-'));
const database = await prepareDatabase(server);
try {
  const contenders = [await startAuthServer(), ...(await startPeer())];
  const grants = contenders.flatMap((contender) => contender.grants.map((grant) => ({ ...contender, grant })));
  const results = new Map(grants.map(({ name, grant }) => [`${name}, ${grant}`, []]));
  for (const contender of grants) await measureTokens(contender, { ...options, seconds: 3 }, { folder, database, warm: true });
  for (let round = 1; round <= options.rounds; round++) {
    for (const contender of grants) {
      const result = await measureTokens(contender, options, { folder, database });
      results.get(`${contender.name}, ${contender.grant}`).push(result);
    }
  }
  print(results);
} finally {
  await stopAll();
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
}

async function startAuthServer() {
  const port = await freePort();
  const root = join(import.meta.dirname, '../..');
  const url = `http://127.0.0.1:${port}`;
  const child = startPinned(PROXY_CORE, process.execPath, [...profiling(), join(root, 'dist/apps/auth-server/src/main.js')], {
    env: {
      PATH: process.env.PATH,
      GATEHOUSE_CONFIG: join(root, 'bench/config'),
      GATEHOUSE_SECRET: 'a secret for the benchmark, long enough',
      DATABASE_URL: database.url,
      AUTH_SERVER_PORT: port,
      PUBLIC_AUTH_URL: url,
      UPSTREAM_URL: 'http://127.0.0.1:9',
      LOG_LEVEL: 'warn',
    },
  });
  await untilServing(`${url}/healthz`);
  await database.fill();
  const grants = ['client_credentials', 'authorization_code', 'refresh_token'];
  return { name: 'Gatehouse, PostgreSQL', pid: child.pid, url: `${url}/local/api/orders/token`, grants };
}

/** BENCH_PROFILE names a folder for a CPU profile of the auth-server. */
function profiling() {
  return process.env.BENCH_PROFILE ? ['--cpu-prof', `--cpu-prof-dir=${process.env.BENCH_PROFILE}`] : [];
}

async function startPeer() {
  const node = process.env.NODE24 ?? process.execPath;
  if (!existsSync(join(import.meta.dirname, 'node_modules/oidc-provider'))) {
    console.log('skipped: oidc-provider (npm install --prefix bench/tokens)');
    return [];
  }
  const port = await freePort();
  const child = startPinned(PROXY_CORE, node, [join(import.meta.dirname, 'oidc-provider.mjs'), String(port)]);
  await untilServing(`http://127.0.0.1:${port}/`);
  return [{ name: 'oidc-provider, memory', pid: child.pid, url: `http://127.0.0.1:${port}/token`, grants: ['client_credentials'] }];
}

function print(results) {
  const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
  console.log('| contender | tokens/s | p99 ms | CPU µs per token |\n| --- | --- | --- | --- |');
  for (const [name, rounds] of results) {
    const of = (key, digits) => median(rounds.map((round) => round[key])).toFixed(digits);
    console.log(`| ${name} | ${of('perSecond', 0)} | ${of('p99', 1)} | ${of('cpuMicros', 0)} |`);
  }
}
