/** How long a revoked token is good for: from the revocation's answer until each of two gateways on one database refuses it. */
import { setTimeout as delay } from 'node:timers/promises';
import { revokeToken, startTwoGateways, takeToken } from '../peers/gatehouse.mjs';
import { startUpstream } from '../peers/nginx.mjs';
import { formatTable } from '../summary.mjs';

const TOKENS = 200;
const API = 'orders';
/** Between a call's answer and the next call with the same token at a gateway (milliseconds): so exact are the times. */
const PAUSE_MS = 2;
/** After which a gateway that goes on accepting is taken not to learn of it at all. */
const MOST_MS = 60_000;
const COLUMNS = {
  'refused by': (row) => row.name,
  tokens: (row) => row.times.length,
  'p50 ms': (row) => quantile(row.times, 0.5).toFixed(1),
  'p99 ms': (row) => quantile(row.times, 0.99).toFixed(1),
  'longest ms': (row) => Math.max(...row.times).toFixed(1),
};

export async function revocation(folder) {
  if (!process.env.DATABASE_URL)
    return 'skipped: set DATABASE_URL to a PostgreSQL server; a database of its own is made there and dropped again.';
  const upstream = await startUpstream(folder);
  const { auth, gateways } = await startTwoGateways(folder, upstream.url);
  const urls = gateways.map((gateway) => `${gateway}/orders/1`);
  const rows = [...urls.map((_, i) => ({ name: `gateway ${i + 1}`, times: [] })), { name: 'both', times: [] }];
  for (let i = 1; i <= TOKENS; i++) {
    const times = await revokeOne(auth, urls);
    for (const [place, time] of [...times, Math.max(...times)].entries()) rows[place].times.push(time);
    if (i % 50 === 0) console.log(`${i} tokens revoked, the last refused by both after ${Math.max(...times).toFixed(1)} ms`);
  }
  return formatTable(rows, COLUMNS);
}

/** @returns for each gateway the milliseconds; 0 where it refused before the revocation was answered */
async function revokeOne(auth, urls) {
  const token = await takeToken(auth, API);
  for (const url of urls) if (await refuses(url, token)) throw new Error(`A new token is refused at ${url}.`);
  const revoked = revokeToken(auth, API, token).then(() => performance.now());
  const [answered, ...refused] = await Promise.all([revoked, ...urls.map((url) => untilRefused(url, token))]);
  return refused.map((at) => Math.max(0, at - answered));
}

/** Calls with a token until it is refused. @returns when that was */
async function untilRefused(url, token) {
  const end = performance.now() + MOST_MS;
  while (!(await refuses(url, token))) {
    if (performance.now() > end) throw new Error(`A revoked token is still good at ${url} after ${MOST_MS / 1_000} s.`);
    await delay(PAUSE_MS);
  }
  return performance.now();
}

async function refuses(url, token) {
  const response = await fetch(url, { headers: { Authorization: `Bearer ${token}` } });
  await response.arrayBuffer();
  if (response.status !== 200 && response.status !== 401) throw new Error(`${response.status} at ${url}`);
  return response.status === 401;
}

function quantile(times, share) {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.ceil(share * sorted.length) - 1];
}
