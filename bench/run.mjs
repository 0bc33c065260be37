/**
 * What a call with a token costs: CPU of the proxy process per call, beside nginx and a proxy in Nest, in the same run.
 *
 *   npm run bench -- [--rounds 3] [--seconds 4] [--connections 64]
 *
 * Proxies are pinned to core 0, load and upstream to core 1; contenders take turns within each round, and medians over the rounds
 * are printed. CPU per call is the figure to trust: calls per second move by a third on shared machines.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { has, stopAll } from './environment.mjs';
import { measure } from './measure.mjs';
import { startGatehouse } from './peers/gatehouse.mjs';
import { luaAvailable, startNginxLua, startNginxProxy, startUpstream } from './peers/nginx.mjs';
import { startNestProxy, startUndiciProxy } from './peers/node-peers.mjs';
import { formatTable, summarise } from './summary.mjs';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '4' },
    connections: { type: 'string', default: '64' },
  },
});
const options = { rounds: Number(values.rounds), seconds: Number(values.seconds), connections: Number(values.connections) };
if (!Object.values(options).every((value) => Number.isInteger(value) && value > 0)) {
  console.error('bench: --rounds, --seconds and --connections must be whole numbers above 0');
  process.exit(1);
}
for (const tool of ['wrk', 'nginx']) {
  if (has(tool)) continue;
  console.error(`bench: ${tool} is not installed; it is needed to make the load and to answer it (Debian: apt install wrk nginx).`);
  process.exit(1);
}

const WARM_UP_SECONDS = 6;

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-bench-'));

try {
  const upstream = await startUpstream(folder);
  const gatehouse = await startGatehouse(folder, upstream.url);
  const { tokensFile } = gatehouse;
  const contenders = [await startNginxProxy(folder, upstream.url)];
  if (luaAvailable()) contenders.push(await startNginxLua(folder, upstream.url, tokensFile));
  else console.log('skipped: nginx + Lua (Debian: apt install libnginx-mod-http-lua)');
  contenders.push(
    await startUndiciProxy(upstream.url, tokensFile),
    gatehouse,
    await startGatehouse(folder, upstream.url, 'off'),
    await startNestProxy(upstream.url, tokensFile),
  );

  const results = new Map(contenders.map(({ name }) => [name, []]));
  // The compilers of Node's contenders work on the same core: let them finish first.
  for (const contender of contenders)
    await measure(contender, { ...options, seconds: WARM_UP_SECONDS }, folder, contender.tokensFile ?? tokensFile);
  for (let round = 1; round <= options.rounds; round++) {
    for (const contender of contenders) {
      const result = await measure(contender, options, folder, contender.tokensFile ?? tokensFile);
      results.get(contender.name).push(result);
      console.log(
        `round ${round}: ${contender.name.padEnd(32)} ${result.callsPerSecond.toFixed(0).padStart(7)} calls/s ${result.cpuMicros.toFixed(1).padStart(7)} µs CPU`,
      );
    }
  }
  console.log(`\n${formatTable(summarise(results, contenders[0].name))}`);
} finally {
  await stopAll();
  rmSync(folder, { recursive: true, force: true });
}
