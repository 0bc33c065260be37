/**
 * What a token costs: tokens per second, the slowest hundredth, and CPU of the issuing process and of the database per token, durable
 * on PostgreSQL (synchronous_commit=on), beside oidc-provider on its memory adapter, in the same run, one process each on one core.
 *
 *   DATABASE_URL=postgres://… npm run bench -- tokens [--rounds 6] [--seconds 3] [--connections 64] [--grants refresh_token] [--formats jwt]
 *
 * The peer needs `npm install --prefix bench/tokens`, which brings Node 24 for it; without it it is left out. The two take turns
 * within each round.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { stopAll } from '../environment.mjs';
import { startAuthServer } from './gatehouse.mjs';
import { measureTokens } from './measure-tokens.mjs';
import { startPeer } from './peer.mjs';
import { prepareDatabase } from './prepare-database.mjs';
import { formatTokenTable } from './token-summary.mjs';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '6' },
    seconds: { type: 'string', default: '3' },
    connections: { type: 'string', default: '64' },
    grants: { type: 'string', default: 'client_credentials,authorization_code,refresh_token' },
    formats: { type: 'string', default: 'opaque,jwt' },
  },
});
const options = { rounds: Number(values.rounds), seconds: Number(values.seconds), connections: Number(values.connections) };
const server = process.env.DATABASE_URL;
if (!server) {
  console.error('bench: set DATABASE_URL to a PostgreSQL server on which a database can be made.');
  process.exit(1);
}

/** Tokens per second for which codes and refresh tokens are made at least. */
const LEAST_RATE = 4_000;

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-bench-'));
const database = await prepareDatabase(server);
try {
  const contenders = [
    ['gatehouse', await startAuthServer(database)],
    ['peer', await startPeer()],
  ].filter(([, contender]) => contender !== null);
  const kinds = values.formats.split(',').flatMap((format) => values.grants.split(',').map((grant) => ({ grant, format })));
  const results = new Map(kinds.map(({ grant, format }) => [`${grant}, ${format}`, { gatehouse: [], peer: [] }]));
  const fastest = new Map();
  for (let round = 0; round <= options.rounds; round++) {
    for (const kind of kinds) {
      for (const [side, contender] of contenders) {
        const key = `${side} ${kind.grant} ${kind.format}`;
        const expected = Math.max(LEAST_RATE, fastest.get(key) ?? 0);
        const result = await measureTokens(contender, { ...kind, expected, warm: round === 0 }, options, folder);
        fastest.set(key, Math.max(result.perSecond, fastest.get(key) ?? 0));
        // The first round warms up.
        if (round > 0) results.get(`${kind.grant}, ${kind.format}`)[side].push(result);
      }
    }
  }
  console.log(formatTokenTable(results));
} finally {
  await stopAll();
  rmSync(folder, { recursive: true, force: true });
}
