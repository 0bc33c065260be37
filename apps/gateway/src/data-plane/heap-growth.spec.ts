import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';

const HEAP_GROWTH = join(import.meta.dirname, '../../../../dist/apps/gateway/src/data-plane/heap-growth.js');

/** A heap that came to be little by little and was collected now and then, as that of a gateway; then a gigabyte passes through buffers. */
const SCRIPT = `
  import { setTimeout as wait } from 'node:timers/promises';
  import { constants, PerformanceObserver } from 'node:perf_hooks';
  import { letHeapGrow } from ${JSON.stringify(HEAP_GROWTH)};

  letHeapGrow();
  const live = [];
  for (let step = 1; step <= 60; step++) {
    for (let i = 0; i < 5_000; i++) live.push({ name: 'entry ' + i, at: [i] });
    await wait(20);
    if (step % 5 === 0) gc();
  }
  await wait(200);
  for (let i = 0; i < 3; i++) gc();
  await wait(10);
  let whole = 0;
  const observer = new PerformanceObserver((list) => {
    for (const { detail } of list.getEntries()) if (detail.kind === constants.NODE_PERFORMANCE_GC_MAJOR) whole++;
  });
  observer.observe({ entryTypes: ['gc'] });
  const inFlight = [];
  for (let i = 0; i < 16_384; i++) {
    inFlight[i % 64] = Buffer.allocUnsafeSlow(65_536);
    if (i % 16 === 0) await wait(1);
  }
  await wait(50);
  console.log(JSON.stringify({ whole, live: live.length }));`;

test('a gigabyte of bodies passes without the whole heap being collected again and again', () => {
  const { stdout, stderr } = spawnSync(process.execPath, ['--expose-gc', '--input-type=module', '-e', SCRIPT], { encoding: 'utf8' });
  expect(stderr).toBe('');
  const { whole, live } = JSON.parse(stdout) as { whole: number; live: number };
  expect(live).toBe(300_000);
  expect(whole).toBeLessThanOrEqual(2);
});
