/**
 * Loaded into the gateway's processes (NODE_OPTIONS): on SIGUSR2 collects all garbage, and appends what is left as a line to the file
 * of the process in HEAP_PROBE_FOLDER; with HEAP_PROBE_SNAPSHOTS writes a heap snapshot beside it, too.
 */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString, writeHeapSnapshot } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');
const { HEAP_PROBE_FOLDER: folder, HEAP_PROBE_SNAPSHOTS: snapshots } = process.env;
const file = join(folder, `${process.pid}.jsonl`);
let count = 0;

process.on('SIGUSR2', () => {
  // Finalizers of the first round let go of what the second finds.
  collect();
  setImmediate(() => {
    collect();
    appendFileSync(file, `${JSON.stringify(process.memoryUsage())}\n`);
    if (snapshots) writeHeapSnapshot(join(snapshots, `${process.pid}-${++count}.heapsnapshot`));
  });
});
// Says that the signal is listened to.
appendFileSync(file, '');
