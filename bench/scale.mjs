/**
 * Whether it matters how many access tokens are live: issuing, looking up and cleaning up, with few and with many in the table.
 *
 *   DATABASE_URL=postgres://… npm run bench -- scale [--rows 10000,1000000] [--seconds 5] [--rounds 3]
 *
 * Makes and drops a database of its own on that server. Sizes take turns within each round; medians over the rounds are printed.
 */

import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { freePort, untilServing } from './environment.mjs';
import { median } from './summary.mjs';
import 'reflect-metadata';

const ROOT = join(import.meta.dirname, '..');
const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '10000,1000000' },
    seconds: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '3' },
  },
});
const server = process.env.DATABASE_URL;
if (!server) {
  console.error('bench: set DATABASE_URL to a PostgreSQL server; a database of its own is made there and dropped again.');
  process.exit(1);
}
const sizes = values.rows.split(',').map(Number);
const seconds = Number(values.seconds);
const rounds = Number(values.rounds);

const { createDataSource } = await import('../dist/libs/persistence/src/schema/data-source.js');
const { CredentialStore } = await import('../dist/libs/persistence/src/credential/credential.store.js');
const { ExpiredRowsStore } = await import('../dist/libs/persistence/src/token/expired-rows.store.js');
const { migrate } = await import('../dist/libs/persistence/src/schema/migrate.js');

/** Hash of the n-th token that `fill` puts into the table. */
const hashOf = (n) => createHash('sha256').update(`token ${n}`).digest();

const FILL = `
  INSERT INTO access_token (hash, bucket, subscription_id, auth_method_id, scopes, expires_at)
  SELECT sha256(('token ' || n)::bytea), access_token_bucket(now() + interval '20 hours'), (SELECT id FROM subscription LIMIT 1), 'local', '{read}',
         now() + interval '20 hours'
  FROM generate_series($1::int, $2::int) AS n`;
const FILL_EXPIRED = `
  INSERT INTO access_token (hash, bucket, subscription_id, auth_method_id, scopes, expires_at)
  SELECT sha256(('old ' || n)::bytea), $3::smallint, (SELECT id FROM subscription LIMIT 1), 'local', '{read}', now() - interval '1 minute'
  FROM generate_series($1::int, $2::int) AS n`;

/** Rows that one statement makes: more would run into the time that a statement may take. */
const SLICE = 100_000;

async function fill(dataSource, statement, rows, ...more) {
  for (let from = 1; from <= rows; from += SLICE) {
    await dataSource.query(statement, [from, Math.min(rows, from + SLICE - 1), ...more]);
  }
}

/** Runs a task over and over, several at a time, for some seconds. @returns tasks per second */
async function rate(parallel, task) {
  const end = Date.now() + seconds * 1_000;
  let done = 0;
  const began = performance.now();
  await Promise.all(
    Array.from({ length: parallel }, async () => {
      while (Date.now() < end) {
        await task();
        done++;
      }
    }),
  );
  return done / ((performance.now() - began) / 1_000);
}

/** One installation with so many live tokens. */
async function prepare(rows, folder) {
  const name = `gatehouse_bench_${randomBytes(4).toString('hex')}`;
  await query(server, `CREATE DATABASE ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  const dataSource = await createDataSource({ server: { url: url.href }, poolSize: 16 }, 'bench').initialize();
  await migrate(dataSource);
  const port = await freePort();
  const child = spawn(process.execPath, [join(ROOT, 'bin/gatehouse.mjs'), 'auth-server'], {
    env: {
      PATH: process.env.PATH,
      DATABASE_URL: url.href,
      GATEHOUSE_SECRET: randomBytes(32).toString('base64'),
      GATEHOUSE_CONFIG: join(ROOT, 'config'),
      GATEHOUSE_DATA: folder,
      AUTH_SERVER_PORT: String(port),
      LOG_LEVEL: 'warn',
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  await untilServing(`http://127.0.0.1:${port}/healthz`);
  await fill(dataSource, FILL, rows);
  await query(url.href, 'VACUUM ANALYZE');
  return {
    rows,
    dataSource,
    tokenUrl: `http://127.0.0.1:${port}/local/api/orders/token`,
    async stop() {
      child.kill('SIGTERM');
      await new Promise((done) => child.once('exit', done));
      await dataSource.destroy();
      await query(server, `DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}

async function query(connectionString, text) {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

const BODY = JSON.stringify({
  grant_type: 'client_credentials',
  client_id: 'demo-orders',
  client_secret: 'demo-orders-secret',
  scope: 'read',
});

async function measure({ rows, dataSource, tokenUrl }) {
  const issued = await rate(32, async () => {
    const response = await fetch(tokenUrl, { method: 'POST', headers: { 'content-type': 'application/json' }, body: BODY });
    if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
    await response.arrayBuffer();
  });
  const credentials = new CredentialStore(dataSource);
  const lookedUp = await rate(16, async () => {
    if (!(await credentials.findByHash('token', hashOf(1 + Math.floor(Math.random() * rows))))) throw new Error('A token was not found');
  });
  const expired = new ExpiredRowsStore(dataSource);
  const old = 20_000;
  await fill(dataSource, FILL_EXPIRED, old, 0);
  const began = performance.now();
  for (let more = true; more; ) ({ more } = await expired.deleteBatch('access_token_0'));
  const cleaned = old / ((performance.now() - began) / 1_000);
  return { issued, lookedUp, cleaned };
}

/**
 * Emptying a partition in which every token has expired, while live ones are looked up.
 * @returns milliseconds that it took, and the slowest look-up meanwhile and in as long a time before it
 */
async function measureTruncate({ rows, dataSource }) {
  const [{ bucket }] = await dataSource.query(`SELECT 1 + (floor(extract(epoch FROM now()) / 21600)::bigint + 5) % 6 AS bucket`);
  await fill(dataSource, FILL_EXPIRED, rows, bucket);
  const credentials = new CredentialStore(dataSource);
  const lookUps = [];
  let stopped = false;
  const lookingUp = Array.from({ length: 4 }, async () => {
    while (!stopped) {
      const from = performance.now();
      await credentials.findByHash('token', hashOf(1 + Math.floor(Math.random() * rows)));
      lookUps.push({ from, to: performance.now() });
    }
  });
  await new Promise((done) => setTimeout(done, 2_000));
  const began = performance.now();
  const emptied = await new ExpiredRowsStore(dataSource).truncateExpired();
  const ended = performance.now();
  stopped = true;
  await Promise.all(lookingUp);
  const slowest = (from, to) =>
    Math.max(0, ...lookUps.filter((lookUp) => lookUp.to > from && lookUp.from < to).map((lookUp) => lookUp.to - lookUp.from));
  if (emptied === 0) return null;
  return { took: ended - began, slowestMeanwhile: slowest(began, ended), slowestBefore: slowest(began - (ended - began), began) };
}

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-scale-'));
const installations = [];
try {
  for (const rows of sizes) installations.push(await prepare(rows, folder));
  const results = installations.map(() => []);
  for (let round = 1; round <= rounds; round++) {
    for (const [i, installation] of installations.entries()) {
      const result = await measure(installation);
      results[i].push(result);
      console.log(
        `round ${round}, ${installation.rows} live: ${Object.entries(result)
          .map(([name, value]) => `${name} ${value.toFixed(0)}/s`)
          .join(', ')}`,
      );
    }
  }
  console.log(
    '\n| live tokens | issued/s | looked up/s | expired rows deleted/s | emptying a partition of as many | slowest look-up before, meanwhile |',
  );
  console.log('| ---: | ---: | ---: | ---: | ---: | ---: |');
  for (const [i, installation] of installations.entries()) {
    const of = (name) => median(results[i].map((result) => result[name])).toFixed(0);
    const truncated = await measureTruncate(installation);
    const cells = truncated
      ? [`${truncated.took.toFixed(0)} ms`, `${truncated.slowestBefore.toFixed(0)} ms, ${truncated.slowestMeanwhile.toFixed(0)} ms`]
      : ['none free', '–'];
    console.log(`| ${[installation.rows, of('issued'), of('lookedUp'), of('cleaned'), ...cells].join(' | ')} |`);
  }
} finally {
  for (const installation of installations) await installation.stop();
  rmSync(folder, { recursive: true, force: true });
}
