/**
 * What calls through the gateway cost, beside other proxies, in the same run.
 *
 *   [DATABASE_URL=postgres://…] npm run bench -- [variant…] [--rounds 6] [--seconds 4] [--connections 64]
 *
 * Variants: those of variants/index.mjs; without one, `token`; `all` for all. Proxies are pinned to core 0, load and upstream to core 1;
 * contenders take turns within each round, and medians over the rounds are printed; only `idle-2000` and `revocation` know no rounds. CPU
 * per call is the figure to trust: calls per second move by a third on shared machines. Peers that are not installed are left out, and named.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { has, stopAll } from './environment.mjs';
import { VARIANTS } from './variants/index.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '6' },
    seconds: { type: 'string', default: '4' },
    connections: { type: 'string', default: '64' },
  },
});
const options = { rounds: Number(values.rounds), seconds: Number(values.seconds), connections: Number(values.connections) };
if (!Object.values(options).every((value) => Number.isInteger(value) && value > 0)) {
  console.error('bench: --rounds, --seconds and --connections must be whole numbers above 0');
  process.exit(1);
}
const names = Object.keys(VARIANTS);
const wanted = positionals.includes('all') ? names : positionals.length === 0 ? ['token'] : positionals;
const unknown = wanted.find((name) => !names.includes(name));
if (unknown) {
  console.error(`bench: there is no variant "${unknown}"; there are ${names.join(', ')}, and all.`);
  process.exit(1);
}
for (const tool of ['wrk', 'nginx']) {
  if (has(tool)) continue;
  console.error(`bench: ${tool} is not installed; it is needed to make the load and to answer it (Debian: apt install wrk nginx).`);
  process.exit(1);
}

for (const name of wanted) {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-bench-'));
  try {
    console.log(`\n## ${name}\n`);
    console.log(`\n${await VARIANTS[name](folder, options)}`);
  } finally {
    await stopAll();
    rmSync(folder, { recursive: true, force: true });
  }
}
