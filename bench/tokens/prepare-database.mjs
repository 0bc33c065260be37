import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createDatabase, query } from '../database.mjs';
import { cpuSeconds } from '../measure.mjs';

/** A database of its own on a server. */
export async function prepareDatabase(server) {
  const url = await createDatabase(server);
  const [{ synchronous_commit }] = await query(url, 'SHOW synchronous_commit');
  if (synchronous_commit !== 'on') throw new Error(`bench: synchronous_commit is ${synchronous_commit}; it must be on`);
  execFileSync(process.execPath, [join(import.meta.dirname, '../../bin/gatehouse.mjs'), 'migrate'], {
    env: { ...process.env, DATABASE_URL: url },
  });
  await query(url, `INSERT INTO user_account (email, validated) VALUES ('bench@example.com', true)`);
  let filled = 0;
  return {
    url,
    /** Makes codes or refresh tokens of a client, each for one use. */
    async fill(kind, clientId, count) {
      const begin = `${kind}_${filled++}_`;
      await query(url, FILL[kind], [clientId, count, begin]);
      await query(url, 'ANALYZE');
      return Array.from({ length: count }, (_, i) => `${begin}${i + 1}`);
    },
    /** CPU seconds that each connection has used, by process id; empty where the server does not run on this machine. */
    async cpuSeconds() {
      const rows = await query(url, 'SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()');
      return new Map(rows.map(({ pid }) => [pid, backendSeconds(pid)]).filter(([, seconds]) => seconds !== null));
    },
  };
}

const FAMILIES = `
  WITH family AS (
    INSERT INTO token_family (subscription_id, user_id, auth_method_id, scopes)
    SELECT s.id, u.id, 'local', '{read}' FROM subscription s, user_account u, generate_series(1, $2::int)
    WHERE s.client_id = $1 AND u.email = 'bench@example.com'
    RETURNING id
  ), numbered AS (
    SELECT id, sha256(($3 || row_number() OVER ())::bytea) AS hash FROM family
  )`;
const FILL = {
  authorization_code: `${FAMILIES}
    INSERT INTO authorization_code (hash, family_id, redirect_uri, expires_at)
    SELECT hash, id, 'http://localhost:9000/callback', now() + interval '1 hour' FROM numbered`,
  refresh_token: `${FAMILIES}
    INSERT INTO refresh_token (hash, family_id, expires_at) SELECT hash, id, now() + interval '1 hour' FROM numbered`,
};

/** null: no process of PostgreSQL, or gone. */
function backendSeconds(pid) {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').startsWith('postgres') ? cpuSeconds(pid) : null;
  } catch {
    return null;
  }
}
