/**
 * Whether a gateway stays as it is: half an hour or so at half the load that it and the load manage together. Prints calls, failures,
 * latency, memory and open handles of each minute, and at the end how memory and handles rose. After the first minute and at the end garbage
 * is collected: what is left tells whether something is kept that is needed no more.
 *
 *   npm run soak -- [--minutes 30] [--rate <calls a second, instead of half the load>]
 *
 * Runs on Linux alone, with PostgreSQL's server programs (as root, it runs them as the user postgres).
 */
import { parseArgs } from 'node:util';
import { withBreakableInstallation } from './faults/installation.mjs';
import { wait } from './faults/interruption.mjs';
import { collectGarbage } from './faults/memory-watch.mjs';
import { percentile, risePerHour } from './faults/soak-figures.mjs';
import { formatFailures, SteadyLoad } from './faults/steady-load.mjs';
import { handlesOf, memoryOf } from './measure.mjs';

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '30' }, rate: { type: 'string' } } });
const minutes = Number(values.minutes);
const TRIAL_SECONDS = 10;
const SAMPLE_MS = 5_000;
const SAMPLES_PER_MINUTE = 60_000 / SAMPLE_MS;

await withBreakableInstallation({ workers: '2' }, async (installation) => {
  const rate = values.rate === undefined ? (await fullRate(installation)) / 2 : Number(values.rate);
  console.log(`${rate.toFixed(0)} calls a second.`);
  const load = new SteadyLoad(installation.orders, rate);
  load.start();
  const samples = [];
  const left = async () => `${(await collectGarbage(installation.pid, installation.heapFolder)).toFixed(1)} MB`;
  let leftAtFirst = '';
  for (let minute = 1; minute <= minutes; minute++) {
    for (let i = 0; i < SAMPLES_PER_MINUTE; i++) {
      await wait(SAMPLE_MS);
      samples.push({ memory: memoryOf(installation.pid).now, handles: handlesOf(installation.pid) });
    }
    const { times, failures } = load.take();
    const { memory, handles } = samples.at(-1);
    const latency = `p50 ${percentile(times, 50).toFixed(1)} ms, p99 ${percentile(times, 99).toFixed(1)} ms`;
    console.log(
      `minute ${minute}: ${times.length} calls, failures ${formatFailures(failures)}, ${latency}, ${memory.toFixed(0)} MB, ${handles} handles`,
    );
    if (minute === 1) leftAtFirst = await left();
  }
  const leftAtLast = await left();
  await load.stop();
  // The first half fills caches and heaps.
  const settled = samples.slice(Math.floor(samples.length / 2));
  const rise = (key) =>
    risePerHour(
      settled.map((sample) => sample[key]),
      SAMPLE_MS,
    ).toFixed(1);
  console.log(`Over the second half: memory ${rise('memory')} MB an hour, handles ${rise('handles')} an hour.`);
  console.log(`Without garbage: ${leftAtFirst} after the first minute, ${leftAtLast} at the end.`);
});

async function fullRate(installation) {
  const load = new SteadyLoad(installation.orders, Number.MAX_SAFE_INTEGER, 64);
  load.start();
  // Warms up, too.
  await wait(TRIAL_SECONDS * 1_000);
  load.take();
  await wait(TRIAL_SECONDS * 1_000);
  const { times } = load.take();
  await load.stop();
  return times.length / TRIAL_SECONDS;
}
