/**
 * What faults cost: PostgreSQL of its own, auth-server, a gateway of two workers and an upstream, under a steady load of calls with
 * tokens that the gateway knows, while one part after the other is taken away. Prints calls, failures and memory of each phase.
 *
 *   npm run faults -- [--seconds 60] [--rate 200]
 *
 * Runs on Linux alone, with PostgreSQL's server programs (as root, it runs them as the user postgres).
 */
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { withBreakableInstallation } from './faults/installation.mjs';
import { formatFailures, SteadyLoad } from './faults/steady-load.mjs';
import { family, memoryOf } from './measure.mjs';

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '60' }, rate: { type: 'string', default: '200' } } });
const ms = Number(values.seconds) * 1_000;
/** After each phase, until all is as it was. */
const RECOVERY_MS = 3_000;

/** Each takes its time; the last step of each undoes the fault. */
const PHASES = {
  'all is well': () => delay(ms),
  'database stands still': async ({ database }) => {
    database.freeze();
    await delay(ms);
    database.thaw();
  },
  'database is shut down': async ({ database }) => {
    await database.stop();
    await delay(ms);
    await database.start();
  },
  'upstream is killed for a second': async (installation) => {
    await delay(ms / 2);
    await installation.killUpstream();
    await delay(1_000);
    await installation.startUpstream();
    await delay(ms / 2);
  },
  'a worker is killed': async ({ pid }) => {
    await delay(ms / 2);
    process.kill(Number(family(pid)[1]), 'SIGKILL');
    await delay(ms / 2);
  },
  'a reload each second': async (installation) => {
    const before = await installation.reloads();
    for (let second = 0; second < ms / 1_000; second++) {
      installation.reload();
      await delay(1_000);
    }
    return `${(await installation.reloads()) - before} reloads`;
  },
};

await withBreakableInstallation({ workers: '2' }, async (installation) => {
  const load = new SteadyLoad(installation, Number(values.rate));
  load.start();
  // Every worker has met every token, and is warm.
  await delay(5_000);
  load.take();
  for (const [name, run] of Object.entries(PHASES)) {
    const before = memoryOf(installation.pid).now;
    const note = await run(installation);
    await delay(RECOVERY_MS);
    const { times, failures } = load.take();
    const memory = `${before.toFixed(0)} → ${memoryOf(installation.pid).now.toFixed(0)} MB`;
    const figures = `calls ${String(times.length).padStart(6)}   failures ${formatFailures(failures)}   memory ${memory}`;
    console.log(`${name.padEnd(32)} ${figures}${note ? `   ${note}` : ''}`);
  }
  await load.stop();
});
