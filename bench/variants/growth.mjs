/** Whether a call's cost grows with what an installation has: routes, live tokens. */
import { createHash } from 'node:crypto';
import { appendFileSync, cpSync } from 'node:fs';
import { join } from 'node:path';
import { compare } from '../compare.mjs';
import { query } from '../database.mjs';
import { manyTokensLoad, tokenLoad } from '../load.mjs';
import { measure } from '../measure.mjs';
import { startGatehouse } from '../peers/gatehouse.mjs';
import { startUpstream } from '../peers/nginx.mjs';
import { CALL_COLUMNS, formatTable } from '../summary.mjs';

const ROUTES_PER_API = 100;
const TOKENS = 1_000_000;
const BATCH = 20_000;
/** Of a load that brings tokens into memory. */
const WARM_UP_SECONDS = 30;

/** 10,000 routes beside one. */
export async function routes(folder, options) {
  const upstream = await startUpstream(folder);
  const files = Object.fromEntries(
    Array.from({ length: 100 }, (_, api) => [
      `apis/crowd${api}/api.yaml`,
      `name: Crowd ${api}\nauth: none\nupstream: { url: "${upstream.url}" }\nroutes:\n${Array.from(
        { length: ROUTES_PER_API },
        (_, route) => `  - { paths: [/crowd${api}/part${route}] }\n`,
      ).join('')}`,
    ]),
  );
  const few = await startGatehouse(folder, upstream.url, { name: 'Gatehouse, 3 routes' });
  const many = await startGatehouse(folder, upstream.url, { name: 'Gatehouse, 10,003 routes', files });
  const contenders = [few, many].map((one) => ({ ...one, load: tokenLoad(folder, one.tokensFile) }));
  return formatTable(await compare(contenders, options), CALL_COLUMNS);
}

/** A million tokens in memory, of which a thousand are in use, or all in turn; beside a thousand. Needs DATABASE_URL. */
export async function credentials(folder, options) {
  if (!process.env.DATABASE_URL)
    return 'skipped: set DATABASE_URL to a PostgreSQL server; a database of its own is made there and dropped again.';
  const upstream = await startUpstream(folder);
  const few = await startGatehouse(folder, upstream.url, { name: 'Gatehouse, 1,000 tokens' });
  const many = await startGatehouse(folder, upstream.url, {
    name: 'Gatehouse, 1,000,000 tokens',
    env: { GATEWAY_CREDENTIAL_CACHE: String(2 * TOKENS), NODE_OPTIONS: '--max-old-space-size=4096' },
  });
  const inUse = `${many.tokensFile}-in-use`;
  cpSync(many.tokensFile, inUse);
  await addTokens(many.databaseUrl, many.tokensFile, TOKENS);
  const inTurn = { ...many, name: `${many.name}, all in turn`, load: manyTokensLoad(folder, many.tokensFile) };
  console.log('every token is used once, so that all are in memory …');
  for (let calls = 0; calls < 1.02 * TOKENS; ) {
    const { callsPerSecond } = await measure(inTurn, { ...options, seconds: WARM_UP_SECONDS }, inTurn.load);
    calls += callsPerSecond * WARM_UP_SECONDS;
    console.log(`${calls.toFixed(0)} calls`);
  }
  const contenders = [
    { ...few, load: manyTokensLoad(folder, few.tokensFile) },
    { ...many, name: `${many.name}, of which 1,000 in use`, load: manyTokensLoad(folder, inUse) },
    inTurn,
  ];
  return formatTable(await compare(contenders, options), CALL_COLUMNS);
}

/** Writes so many live tokens into the database and the file. */
async function addTokens(connectionString, tokensFile, count) {
  const { newToken } = await import(join(import.meta.dirname, '../../dist/libs/secrets/src/token.js'));
  for (let done = 0; done < count; done += BATCH) {
    const tokens = Array.from({ length: BATCH }, () => newToken('accessToken'));
    await query(
      connectionString,
      `INSERT INTO access_token (hash, bucket, subscription_id, auth_method_id, scopes, expires_at)
       SELECT hash, access_token_bucket(now() + interval '20 hours'), (SELECT id FROM subscription WHERE api_id = 'orders' LIMIT 1), 'local', '{read}',
              now() + interval '20 hours'
       FROM unnest($1::bytea[]) AS hash`,
      [tokens.map((token) => createHash('sha256').update(token).digest())],
    );
    appendFileSync(tokensFile, `\n${tokens.join('\n')}`);
  }
}
