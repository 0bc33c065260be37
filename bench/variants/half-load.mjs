/**
 * What a gateway adds to a call's time while it has room: at half of the calls that Gatehouse manages. Such times tell of a contender only where
 * its core was awake and free for it; so it runs before everything else there, where that is allowed. The last column says how much of the time its core
 * did other work nevertheless.
 */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { keepAwake, LOAD_CORE, pinnedFirst, runFirst, undisturbed } from '../environment.mjs';
import { tokenLoad } from '../load.mjs';
import { family, measure, waitedSeconds } from '../measure.mjs';
import { startGatehouse } from '../peers/gatehouse.mjs';
import { startNginxLua, startNginxProxy, startUpstream } from '../peers/nginx.mjs';
import { formatTable, median } from '../summary.mjs';

const WARM_UP_SECONDS = 6;
const OWN_TIME = 'gatehouse_gateway_own_duration_seconds';
const OWN_BOUNDS = { '0.25 ms': '0.00025', '1 ms': '0.001' };
const COLUMNS = {
  contender: (row) => row.name,
  'calls/s': (row) => row.callsPerSecond.toFixed(0),
  'p50 ms': (row) => row.p50.toFixed(2),
  'p90 ms': (row) => row.p90.toFixed(2),
  'p99 ms': (row) => row.p99.toFixed(2),
  'p99 over a direct call, ms': (row) => row.added.toFixed(2),
  'waited for its core': (row) => `${(100 * row.waited).toFixed(0)} %`,
};

export async function halfLoad(folder, options) {
  const upstream = await startUpstream(folder);
  const gatehouse = await startGatehouse(folder, upstream.url);
  const { tokensFile, metricsUrl } = gatehouse;
  const direct = { name: 'direct', pid: upstream.pid, url: `${upstream.url}/orders/1` };
  const proxies = [startNginxProxy(folder, upstream.url), startNginxLua(folder, upstream.url, tokensFile), gatehouse];
  const contenders = [direct, ...(await Promise.all(proxies)).filter(Boolean)];

  const wrk = tokenLoad(folder, tokensFile);
  await measure(gatehouse, { ...options, seconds: WARM_UP_SECONDS }, wrk);
  const { callsPerSecond: most } = await measure(gatehouse, options, wrk);
  const rate = Math.round(most / 2);
  console.log(`Gatehouse manages ${most.toFixed(0)} calls/s; each contender gets ${rate}.`);
  if (!undisturbed) console.log('Not before other work of the machine (needs chrt, and the right to it): times are rougher.');
  keepAwake();
  for (const { pid } of contenders) for (const one of family(pid)) runFirst(one);

  const before = await ownTimes(metricsUrl);
  const rounds = [];
  for (let round = 1; round <= options.rounds; round++) {
    const results = new Map();
    for (const contender of contenders) {
      const { name } = contender;
      const result = await openLoop(contender, rate, options, tokensFile);
      results.set(name, { ...result, added: result.p99 - (results.get(direct.name) ?? result).p99 });
      const { p50, p99, waited } = result;
      console.log(
        `round ${round}: ${name.padEnd(28)} p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms, waited for its core ${(100 * waited).toFixed(0)} %`,
      );
    }
    rounds.push(results);
  }
  return `${formatTable(summarise(contenders, rounds), COLUMNS)}\n\n${formatOwn(before, await ownTimes(metricsUrl))}`;
}

/** Medians over the rounds. */
function summarise(contenders, rounds) {
  const keys = ['callsPerSecond', 'p50', 'p90', 'p99', 'added', 'waited'];
  return contenders.map(({ name }) => ({
    name,
    ...Object.fromEntries(keys.map((key) => [key, median(rounds.map((results) => results.get(name)[key]))])),
  }));
}

async function openLoop({ pid, url }, rate, { seconds, connections }, tokensFile) {
  const script = join(import.meta.dirname, '../open-loop.mjs');
  const [file, args] = pinnedFirst(LOAD_CORE, process.execPath, [
    script,
    url,
    String(rate),
    String(seconds),
    String(connections),
    tokensFile,
  ]);
  const begun = performance.now();
  const before = waitedSeconds(pid);
  const { stdout } = await promisify(execFile)(file, args);
  const waited = ((waitedSeconds(pid) - before) * 1_000) / (performance.now() - begun);
  return { ...JSON.parse(stdout), waited };
}

/** Calls whose own part the gateway has counted so far: `le` of the bucket → calls. */
async function ownTimes(metricsUrl) {
  const lines = (await (await fetch(metricsUrl)).text()).matchAll(new RegExp(`^${OWN_TIME}_bucket\\{(.*)\\} (\\d+)$`, 'gm'));
  const buckets = [...lines].filter(([, labels]) => labels.includes('api="orders"'));
  return new Map(buckets.map(([, labels, count]) => [/le="([^"]+)"/.exec(labels)[1], Number(count)]));
}

/** As the gateway itself sees it: from a call's head until the upstream is asked. */
function formatOwn(before, after) {
  const counted = (le) => after.get(le) - before.get(le);
  const shares = Object.entries(OWN_BOUNDS).map(([name, le]) => `${((100 * counted(le)) / counted('+Inf')).toFixed(2)} % under ${name}`);
  return `Gatehouse's own part, by its own histogram, of ${counted('+Inf')} calls: ${shares.join(', ')}.`;
}
