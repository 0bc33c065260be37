import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { LOAD_CORE, pinned } from '../environment.mjs';
import { cpuSeconds } from '../measure.mjs';

/** What is given away for tokens, by grant; a client by itself gives nothing. */
const GIVEN = { client_credentials: null, authorization_code: 'code', refresh_token: 'refresh_token' };
const REDIRECT_URI = '&redirect_uri=http://localhost:9000/callback';

/**
 * Asks for tokens by one grant for some seconds.
 * @param expected tokens per second: so many codes or refresh tokens are made beforehand, and half as many again
 * @param warm figures do not count: requests may fail
 */
export async function measureTokens(contender, { grant, format, expected, warm }, { seconds, connections }, folder) {
  const given = GIVEN[grant];
  const values = given === null ? [] : await contender.prepare(grant, format, Math.ceil(1.5 * expected * seconds) + 2 * connections);
  const valuesFile = join(folder, 'values');
  writeFileSync(valuesFile, values.join('\n'));
  const body = [
    `grant_type=${grant}&client_id=${contender.clientOf?.(format) ?? 'load'}&client_secret=load-secret${contender.bodyOf(format)}`,
    grant === 'authorization_code' ? REDIRECT_URI : '',
    given === null ? '' : `&${given}=`,
  ].join('');
  const script = join(folder, 'tokens.lua');
  writeFileSync(script, loadScript(body, valuesFile));
  const [file, args] = pinned(LOAD_CORE, 'wrk', [
    '-t1',
    `-c${connections}`,
    `-d${seconds}s`,
    '--timeout',
    '10s',
    '--latency',
    '-s',
    script,
    contender.urlOf(format),
  ]);
  const databaseBefore = await contender.databaseSeconds();
  const before = cpuSeconds(contender.pid);
  const { stdout } = await promisify(execFile)(file, args);
  const used = cpuSeconds(contender.pid) - before;
  const databaseUsed = secondsSince(databaseBefore, await contender.databaseSeconds());
  const [, count, micros, p99, errors] = /RESULT (\d+) (\d+) (\d+) (\d+)/.exec(stdout).map(Number);
  if (errors > 0 && !warm) throw new Error(`${errors} of ${count} requests failed at ${contender.name} (${grant}, ${format}):\n${stdout}`);
  return {
    perSecond: (count / micros) * 1e6,
    p99: p99 / 1_000,
    cpuMicros: (used / count) * 1e6,
    databaseMicros: databaseUsed === null ? null : (databaseUsed / count) * 1e6,
  };
}

function secondsSince(before, after) {
  if (after.size === 0) return null;
  return [...after].reduce((sum, [pid, seconds]) => sum + seconds - (before.get(pid) ?? 0), 0);
}

/** Requests that differ in the last parameter, or not at all. */
const loadScript = (body, valuesFile) => `
  local values, next = {}, 0
  function init()
    for value in io.lines("${valuesFile}") do values[#values + 1] = value end
  end
  function request()
    next = next + 1
    return wrk.format("POST", nil, { ["Content-Type"] = "application/x-www-form-urlencoded" }, "${body}" .. (values[next] or ""))
  end
  function done(summary, latency)
    io.write(string.format("RESULT %d %d %d %d\\n", summary.requests, summary.duration, latency:percentile(99),
      summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout))
  end`;
