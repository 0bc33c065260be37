/** Contenders take turns under the same load; medians over the rounds, ratios within a round. */
import { measure } from './measure.mjs';
import { summarise } from './summary.mjs';

const WARM_UP_SECONDS = 6;

/**
 * @param contenders first the one with which the others are compared; each has a `name`, `pid`, `url` and `load`
 * @returns a row for each: medians, and the ratios of its CPU per call and of its calls per second to the first one's
 */
export async function compare(contenders, { rounds, seconds, connections }) {
  const results = new Map(contenders.map(({ name }) => [name, []]));
  // The compilers of Node's contenders work on the same core: let them finish first.
  for (const contender of contenders) await measure(contender, { connections, seconds: WARM_UP_SECONDS }, contender.load);
  for (let round = 1; round <= rounds; round++) {
    for (const contender of contenders) {
      const result = await measure(contender, { connections, seconds }, contender.load);
      results.get(contender.name).push(result);
      console.log(
        `round ${round}: ${contender.name.padEnd(44)} ${result.callsPerSecond.toFixed(0).padStart(7)} calls/s ${result.cpuMicros.toFixed(1).padStart(7)} µs CPU`,
      );
    }
  }
  return summarise(results);
}
