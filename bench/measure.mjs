import { execFile, execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { LOAD_CORE, pinned } from './environment.mjs';

const TICKS_PER_SECOND = Number(execFileSync('getconf', ['CLK_TCK']));

/** A process and its descendants. */
export function family(pid) {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((task) => {
    const list = readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').trim();
    return list === '' ? [] : list.split(' ');
  });
  return [pid, ...children.flatMap(family)];
}

/** CPU seconds that a process and its descendants have used. */
export function cpuSeconds(pid) {
  return family(pid).reduce((sum, one) => {
    const fields = readFileSync(`/proc/${one}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ');
    return sum + (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
  }, 0);
}

/** Seconds for which a process and its descendants (their first threads) had work to do, and their core did other work. */
export function waitedSeconds(pid) {
  return family(pid).reduce((sum, one) => sum + Number(readFileSync(`/proc/${one}/schedstat`, 'utf8').split(' ')[1]) / 1e9, 0);
}

/** Megabytes that a process and its descendants hold, and the most that they held since `forgetPeak`. */
export function memoryOf(pid) {
  const read = (one, key) => Number(new RegExp(`${key}:\\s+(\\d+) kB`).exec(readFileSync(`/proc/${one}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  const sum = (key) => family(pid).reduce((total, one) => total + read(one, key), 0);
  return { now: sum('VmRSS'), peak: sum('VmHWM') };
}

/** Files and sockets that a process and its descendants have open. */
export function handlesOf(pid) {
  return family(pid).reduce((sum, one) => sum + readdirSync(`/proc/${one}/fd`).length, 0);
}

export function forgetPeak(pid) {
  for (const one of family(pid)) writeFileSync(`/proc/${one}/clear_refs`, '5');
}

/**
 * Puts a load on a contender for some seconds.
 * @param contender its process and the URL to call
 * @param load a script of load.mjs
 * @throws Error if a call failed
 */
export async function measure({ pid, url }, { seconds, connections }, load) {
  const [file, args] = pinned(LOAD_CORE, 'wrk', ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '30s', '-s', load, url]);
  const before = cpuSeconds(pid);
  const { stdout } = await promisify(execFile)(file, args);
  const used = cpuSeconds(pid) - before;
  const [, calls, micros, errors, p50, p99] = /RESULT (\d+) (\d+) (\d+) (\d+) (\d+)/.exec(stdout).map(Number);
  if (errors > 0) throw new Error(`${errors} of ${calls} calls failed at ${url}:\n${stdout}`);
  return { callsPerSecond: (calls / micros) * 1e6, cpuMicros: (used / calls) * 1e6, p50: p50 / 1_000, p99: p99 / 1_000 };
}
