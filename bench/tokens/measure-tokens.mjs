import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { LOAD_CORE, pinned } from '../environment.mjs';
import { cpuSeconds } from '../measure.mjs';

/** Asks for tokens by one grant for some seconds. Codes and refresh tokens come from the prepared ones, each used once. */
export async function measureTokens({ pid, url, grant }, { seconds, connections }, { folder, database, warm = false }) {
  const script = join(folder, 'tokens.lua');
  const first = database.used[grant] ?? 0;
  const parameter = { client_credentials: '', authorization_code: '&code=gh_ac_bench_', refresh_token: '&refresh_token=gh_rt_bench_' }[
    grant
  ];
  const extra = grant === 'client_credentials' ? '"&scope=read"' : `"${parameter}" .. next`;
  writeFileSync(
    script,
    `local next = ${first}
     function request()
       next = next + 1
       return wrk.format("POST", nil, { ["Content-Type"] = "application/x-www-form-urlencoded" },
         "grant_type=${grant}&client_id=load&client_secret=load-secret" .. ${extra})
     end
     function done(summary, latency)
       io.write(string.format("RESULT %d %d %d %d\\n", summary.requests, summary.duration, latency:percentile(99),
         summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout))
     end`,
  );
  const [file, args] = pinned(LOAD_CORE, 'wrk', ['-t1', `-c${connections}`, `-d${seconds}s`, '--latency', '-s', script, url]);
  const before = cpuSeconds(pid);
  const { stdout } = await promisify(execFile)(file, args);
  const used = cpuSeconds(pid) - before;
  const [, count, micros, p99, errors] = /RESULT (\d+) (\d+) (\d+) (\d+)/.exec(stdout).map(Number);
  // Requests under way when the time is up used theirs too.
  database.used[grant] = first + count + 2 * connections;
  if (errors > 0 && !warm) throw new Error(`${errors} of ${count} requests failed at ${url} (${grant}):\n${stdout}`);
  return { perSecond: (count / micros) * 1e6, p99: p99 / 1_000, cpuMicros: (used / count) * 1e6 };
}
