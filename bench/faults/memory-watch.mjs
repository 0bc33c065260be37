import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { family, memoryOf } from '../measure.mjs';
import { risePerHour } from './soak-figures.mjs';

const SAMPLE_MS = 1_000;
const PROBE_MS = 10_000;

/** Memory of a process and its descendants over a time: what the system counts, each second, and what is left once garbage is collected. */
export class MemoryWatch {
  #pid;
  #folder;
  #timer;
  #resident;
  #left = [];

  /** @param folder of the heap probe */
  constructor(pid, folder) {
    this.#pid = pid;
    this.#folder = folder;
    this.#resident = [memoryOf(pid).now];
    this.#timer = setInterval(() => this.#resident.push(memoryOf(pid).now), SAMPLE_MS);
  }

  /** Megabytes that the system counts now. */
  get now() {
    return this.#resident.at(-1);
  }

  /** Collects all garbage. @returns megabytes that are left: of all heaps, and buffers outside of them */
  async collect() {
    const left = await collectGarbage(this.#pid, this.#folder);
    this.#left.push(left);
    return left;
  }

  /** @returns megabytes, and by how many they rose in a minute */
  end() {
    clearInterval(this.#timer);
    const [resident, left] = [this.#resident, this.#left];
    return {
      resident: { first: resident[0], last: resident.at(-1), risePerMinute: risePerHour(resident, SAMPLE_MS) / 60 },
      left: { first: left[0], last: left.at(-1), all: left },
    };
  }
}

/**
 * Collects all garbage of a gateway's processes, one after the other, so that the rest serve. One that ends meanwhile is left out.
 * @param folder of the heap probe
 * @returns megabytes that are left: of all heaps, and buffers outside of them
 */
export async function collectGarbage(pid, folder) {
  let sum = 0;
  for (const one of family(pid)) {
    const file = join(folder, `${one}.jsonl`);
    // One that has only just begun would be ended by the signal.
    if (!existsSync(file)) continue;
    const lines = () => readFileSync(file, 'utf8').split('\n').slice(0, -1);
    const before = lines().length;
    const end = Date.now() + PROBE_MS;
    try {
      process.kill(Number(one), 'SIGUSR2');
      while (lines().length === before && Date.now() < end) await delay(10);
    } catch {}
    const { heapUsed = 0, external = 0 } = JSON.parse(lines().at(-1) ?? '{}');
    sum += (heapUsed + external) / 2 ** 20;
  }
  return sum;
}
