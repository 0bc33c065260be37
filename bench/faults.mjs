/**
 * What faults cost: PostgreSQL of its own, auth-server, a gateway of two workers and two upstreams, under a steady load of calls with
 * tokens that the gateway knows, while one part after the other is taken away. Prints progress, and at the end a table: calls,
 * failures, latency and memory of each phase. Ends with 1 where a call failed that need not have.
 *
 *   npm run faults -- [--only database-frozen,reload] [--seconds <of each phase>] [--rate 200] [--snapshots <folder>]
 *
 * Phases are in faults/phases.mjs; all of them take ten minutes. With --snapshots every process of the gateway leaves heap snapshots at
 * the beginning and end of each phase and every minute. Runs on Linux alone, with PostgreSQL's server programs (as root, it runs them
 * as the user postgres). Interrupted, it mends what it broke and stops what it started.
 */
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { formatPhase, formatPhases } from './faults/fault-table.mjs';
import { withBreakableInstallation } from './faults/installation.mjs';
import { wait } from './faults/interruption.mjs';
import { MemoryWatch } from './faults/memory-watch.mjs';
import { PHASES } from './faults/phases.mjs';
import { formatFailures, SteadyLoad } from './faults/steady-load.mjs';

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: Object.keys(PHASES).join() },
    seconds: { type: 'string' },
    rate: { type: 'string', default: '200' },
    snapshots: { type: 'string', default: '' },
  },
});
const names = values.only.split(',');
const unknown = names.filter((name) => !Object.hasOwn(PHASES, name));
if (unknown.length > 0) throw new Error(`No phase ${unknown.join(', ')}. There are ${Object.keys(PHASES).join(', ')}.`);
const snapshots = values.snapshots && resolve(values.snapshots);
if (snapshots) mkdirSync(snapshots, { recursive: true });

/** After each phase, until all is as it was. */
const RECOVERY_MS = 3_000;
const PROGRESS_MS = 10_000;
/** Every so many lines of progress, garbage is collected. */
const COLLECT_EVERY = 6;

await withBreakableInstallation({ workers: '2', snapshots }, async (installation) => {
  const load = new SteadyLoad(installation.orders, Number(values.rate));
  load.start();
  const results = [];
  for (const name of names) {
    const result = await runPhase(name, installation, load);
    console.log(formatPhase(result));
    results.push(result);
  }
  await load.stop();
  console.log(`\n${formatPhases(results)}`);
  if (results.some(({ needless }) => needless.length > 0)) process.exitCode = 1;
});

async function runPhase(name, installation, load) {
  const { run, seconds: ownSeconds, api = 'orders' } = PHASES[name];
  const seconds = Number(values.seconds ?? ownSeconds);
  load.aim(installation[api]);
  // Every worker meets every token, and is warm.
  await wait(5_000);
  const memory = new MemoryWatch(installation.pid, installation.heapFolder);
  await memory.collect();
  load.take();
  console.log(`${name}: ${seconds} s`);
  const progress = showProgress(load, memory);
  try {
    const { excuse = () => null, note = '' } = (await run(installation, seconds)) ?? {};
    await wait(RECOVERY_MS);
    const { times, failures } = load.take();
    await progress.stop();
    await memory.collect();
    const needless = failures.filter((failure) => excuse(failure) === null);
    const excused = failures.filter((failure) => excuse(failure) !== null);
    return {
      name,
      seconds,
      times,
      needless,
      excused: excused.map((failure) => ({ ...failure, why: excuse(failure) })),
      note,
      memory: memory.end(),
    };
  } finally {
    await progress.stop();
    memory.end();
  }
}

function showProgress(load, memory) {
  let lines = 0;
  let last = Promise.resolve();
  const show = async () => {
    const left = ++lines % COLLECT_EVERY === 0 ? `, ${(await memory.collect()).toFixed(0)} MB without garbage` : '';
    const { times, failures } = load.sofar;
    const figures = `${times.length} calls, failures ${formatFailures(failures)}, ${memory.now.toFixed(0)} MB${left}`;
    console.log(`  ${(lines * PROGRESS_MS) / 1_000} s: ${figures}`);
  };
  const timer = setInterval(() => (last = last.then(show)), PROGRESS_MS);
  return {
    stop() {
      clearInterval(timer);
      return last;
    },
  };
}
