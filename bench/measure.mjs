import { execFile, execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { LOAD_CORE, pinned } from './environment.mjs';

const TICKS_PER_SECOND = Number(execFileSync('getconf', ['CLK_TCK']));

/** CPU seconds that a process and its descendants have used. */
export function cpuSeconds(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  const own = (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
  const children = readdirSync(`/proc/${pid}/task`).flatMap((task) => {
    const list = readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').trim();
    return list === '' ? [] : list.split(' ');
  });
  return children.reduce((sum, child) => sum + cpuSeconds(child), own);
}

/** Puts a load with tokens on a contender for some seconds. */
export async function measure({ pid, url }, { seconds, connections }, folder, tokensFile) {
  const script = join(folder, 'load.lua');
  writeFileSync(
    script,
    `local requests, next = {}, 0
     function init()
       for token in io.lines("${tokensFile}") do
         requests[#requests + 1] = wrk.format("GET", nil, { ["Authorization"] = "Bearer " .. token, ["Accept"] = "application/json" })
       end
     end
     function request()
       next = next % #requests + 1
       return requests[next]
     end
     function done(summary)
       io.write(string.format("RESULT %d %d %d\\n", summary.requests, summary.duration,
         summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout))
     end`,
  );
  const [file, args] = pinned(LOAD_CORE, 'wrk', ['-t1', `-c${connections}`, `-d${seconds}s`, '-s', script, url]);
  const before = cpuSeconds(pid);
  const { stdout } = await promisify(execFile)(file, args);
  const used = cpuSeconds(pid) - before;
  const [, calls, micros, errors] = /RESULT (\d+) (\d+) (\d+)/.exec(stdout).map(Number);
  if (errors > 0) throw new Error(`${errors} of ${calls} calls failed at ${url}:\n${stdout}`);
  return { callsPerSecond: (calls / micros) * 1e6, cpuMicros: (used / calls) * 1e6 };
}
