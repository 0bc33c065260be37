import { join } from 'node:path';
import { freePort, PROXY_CORE, startPinned, untilServing } from '../environment.mjs';

const ROOT = join(import.meta.dirname, '../..');
const APIS = { opaque: 'orders', jwt: 'signed' };
const CLIENTS = { opaque: 'load', jwt: 'load-signed' };

/** The auth-server alone, on a database of its own. BENCH_PROFILE names a folder for a CPU profile of it. */
export async function startAuthServer(database) {
  const port = await freePort();
  const at = `http://127.0.0.1:${port}`;
  const profiling = process.env.BENCH_PROFILE ? ['--cpu-prof', `--cpu-prof-dir=${process.env.BENCH_PROFILE}`] : [];
  const child = startPinned(PROXY_CORE, process.execPath, [...profiling, join(ROOT, 'dist/apps/auth-server/src/main.js')], {
    env: {
      PATH: process.env.PATH,
      GATEHOUSE_CONFIG: join(ROOT, 'bench/config'),
      GATEHOUSE_SECRET: 'a secret for the benchmark, long enough',
      DATABASE_URL: database.url,
      AUTH_SERVER_PORT: port,
      PUBLIC_AUTH_URL: at,
      UPSTREAM_URL: 'http://127.0.0.1:9',
      LOG_LEVEL: 'warn',
    },
  });
  await untilServing(`${at}/healthz`);
  return {
    name: 'Gatehouse',
    pid: child.pid,
    databaseSeconds: () => database.cpuSeconds(),
    urlOf: (format) => `${at}/local/api/${APIS[format]}/token`,
    bodyOf: () => '&scope=read',
    clientOf: (format) => CLIENTS[format],
    prepare: (kind, format, count) => database.fill(kind, CLIENTS[format], count),
  };
}
