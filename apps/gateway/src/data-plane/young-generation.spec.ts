import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';

const YOUNG_GENERATION = join(import.meta.dirname, '../../../../dist/apps/gateway/src/data-plane/young-generation.js');

/** A process that rested, until the room for short-lived memory was given back; then calls come, some of which are always under way. */
const SCRIPT = `
  import { setTimeout as wait } from 'node:timers/promises';
  import { getHeapSpaceStatistics } from 'node:v8';
  import { tuneYoungGeneration } from ${JSON.stringify(YOUNG_GENERATION)};

  tuneYoungGeneration();
  const room = () => getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space').space_size / 1_048_576;
  const underWay = [];
  const serve = (calls) => {
    for (let call = 0; call < calls; call++) underWay[call % 500] = Array.from({ length: 100 }, () => call);
    return room();
  };
  serve(100_000);
  for (let i = 0; i < 60 && room() > 4; i++) {
    await wait(200);
    gc();
  }
  const rested = room();
  console.log(JSON.stringify({ rested, busy: serve(40_000) }));`;

test('after a rest there is at once as much room for short-lived memory as before it', () => {
  const { stdout, stderr } = spawnSync(process.execPath, ['--expose-gc', '--input-type=module', '-e', SCRIPT], { encoding: 'utf8' });
  expect(stderr).toBe('');
  const { rested, busy } = JSON.parse(stdout) as { rested: number; busy: number };
  expect(rested).toBeLessThanOrEqual(4);
  expect(busy).toBeGreaterThanOrEqual(32);
});
