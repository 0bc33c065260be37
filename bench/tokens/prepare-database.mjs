import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import pg from 'pg';

/** Codes and refresh tokens, each for one use. */
const PREPARED = 60_000;

/** A database of its own on a server. `fill` makes codes and refresh tokens once the config was declared in it. */
export async function prepareDatabase(server) {
  const name = `gatehouse_bench_${randomBytes(4).toString('hex')}`;
  await run(server, `CREATE DATABASE ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  const [{ synchronous_commit }] = await run(url.href, 'SHOW synchronous_commit');
  if (synchronous_commit !== 'on') throw new Error(`bench: synchronous_commit is ${synchronous_commit}; it must be on`);
  execFileSync(process.execPath, [join(import.meta.dirname, '../../bin/gatehouse.mjs'), 'migrate'], {
    env: { ...process.env, DATABASE_URL: url.href },
  });
  return {
    url: url.href,
    used: {},
    fill: () => run(url.href, FILL),
    drop: () => run(server, `DROP DATABASE ${name} WITH (FORCE)`),
  };
}

const FILL = `
  INSERT INTO user_account (email, validated) VALUES ('bench@example.com', true);
  WITH family AS (
    INSERT INTO token_family (subscription_id, user_id, auth_method_id, scopes)
    SELECT s.id, u.id, 'local', '{read}' FROM subscription s, user_account u, generate_series(1, ${2 * PREPARED})
    WHERE s.client_id = 'load' AND u.email = 'bench@example.com'
    RETURNING id
  ), numbered AS (
    SELECT id, row_number() OVER () AS n FROM family
  ), codes AS (
    INSERT INTO authorization_code (hash, family_id, redirect_uri, expires_at)
    SELECT sha256(('gh_ac_bench_' || n)::bytea), id, 'http://localhost:9000/callback', now() + interval '1 hour' FROM numbered WHERE n <= ${PREPARED}
  )
  INSERT INTO refresh_token (hash, family_id, expires_at)
  SELECT sha256(('gh_rt_bench_' || (n - ${PREPARED}))::bytea), id, now() + interval '1 hour' FROM numbered WHERE n > ${PREPARED};
  ANALYZE`;

async function run(connectionString, text) {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    const result = await client.query(text);
    return (Array.isArray(result) ? result.at(-1) : result).rows;
  } finally {
    await client.end();
  }
}
