/** What wrk sends: Lua scripts, written into the bench's folder. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const REPORT = `
function done(summary, latency)
  local errors = summary.errors
  io.write(string.format("RESULT %d %d %d %d %d\\n", summary.requests, summary.duration,
    errors.status + errors.connect + errors.read + errors.write + errors.timeout, latency:percentile(50), latency:percentile(99)))
end`;

/** Requests that are made before the load begins. */
const READY_MADE = 10_000;

/** GETs without a credential. */
export function openLoad(folder) {
  return script(folder, 'open', `request = function() return wrk.format("GET", nil, { ["Accept"] = "application/json" }) end`);
}

/**
 * Calls with tokens that take turns.
 * @param tokensFile a token a line
 * @param bodyBytes size of the body to POST; 0: GET
 * @param more fields to send beside the token
 */
export function tokenLoad(folder, tokensFile, bodyBytes = 0, more = {}) {
  const method = bodyBytes === 0 ? 'GET' : 'POST';
  const body = bodyBytes === 0 ? 'nil' : `string.rep("x", ${bodyBytes})`;
  const fields = Object.entries(more)
    .map(([name, value]) => `, ["${name}"] = "${value}"`)
    .join('');
  // Of a large body there is one request, or they would not fit into memory; of many tokens the requests are made as they are sent.
  const most = bodyBytes > 100_000 ? 1 : 2_000_000;
  return script(
    folder,
    `token-${bodyBytes}`,
    `local tokens, requests, count, next, body = {}, {}, 0, 0, nil
     local function made(token)
       return wrk.format("${method}", nil, { ["Authorization"] = "Bearer " .. token, ["Accept"] = "application/json"${fields} }, body)
     end
     function init()
       body = ${body}
       for token in io.lines("${tokensFile}") do
         if count == ${most} then break end
         count = count + 1
         tokens[count] = token
         if count <= ${READY_MADE} then requests[count] = made(token) end
       end
     end
     function request()
       next = next % count + 1
       return requests[next] or made(tokens[next])
     end`,
  );
}

function script(folder, name, text) {
  const file = join(folder, `load-${name}-${Math.random().toString(36).slice(2)}.lua`);
  writeFileSync(file, text + REPORT);
  return file;
}
