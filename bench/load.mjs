/** What wrk sends: Lua scripts, written into the bench's folder. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const report = (atEnd) => `
function done(summary, latency)
  ${atEnd}
  local errors = summary.errors
  io.write(string.format("RESULT %d %d %d %d %d\\n", summary.requests, summary.duration,
    errors.status + errors.connect + errors.read + errors.write + errors.timeout, latency:percentile(50), latency:percentile(99)))
end`;

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
  // Of a large body there is one request, or they would not fit into memory.
  const most = bodyBytes > 100_000 ? 1 : 2_000_000;
  return script(
    folder,
    `token-${bodyBytes}`,
    `local requests, count, next = {}, 0, 0
     function init()
       local body = ${body}
       for token in io.lines("${tokensFile}") do
         if count == ${most} then break end
         count = count + 1
         requests[count] = wrk.format("${method}", nil, { ["Authorization"] = "Bearer " .. token, ["Accept"] = "application/json"${fields} }, body)
       end
     end
     function request()
       next = next % count + 1
       return requests[next]
     end`,
  );
}

/**
 * GETs with tokens that take turns, more than there is memory to have requests ready for. They stay one text: a million of them would
 * have the load's own collections of garbage drive out of the processor's caches what the proxy has there. A load goes on with the token
 * after the one at which the load before it ended, so that short ones use all of them in time.
 * @param tokensFile a token a line, all of one length
 */
export function manyTokensLoad(folder, tokensFile) {
  const place = `${tokensFile}.next`;
  return script(
    folder,
    'many-tokens',
    `local tokens, length, count, threads = "", 0, 0, {}
     position = 0
     function setup(thread) table.insert(threads, thread) end
     function init()
       local place = io.open("${place}")
       if place then position = tonumber(place:read("*l")); place:close() end
       local file = io.open("${tokensFile}")
       tokens = file:read("*a")
       file:close()
       length = (tokens:find("\\n", 1, true) or #tokens + 1) - 1
       count = (#tokens + 1) / (length + 1)
       assert(count % 1 == 0, "tokens differ in length")
     end
     function request()
       position = position % count + 1
       local from = (position - 1) * (length + 1)
       return wrk.format("GET", nil, { ["Authorization"] = "Bearer " .. tokens:sub(from + 1, from + length), ["Accept"] = "application/json" })
     end
     local function keepPlace()
       local place = io.open("${place}", "w")
       place:write(threads[1]:get("position"))
       place:close()
     end`,
    'keepPlace()',
  );
}

/** @param atEnd Lua that runs once the load has ended */
function script(folder, name, text, atEnd = '') {
  const file = join(folder, `load-${name}-${Math.random().toString(36).slice(2)}.lua`);
  writeFileSync(file, text + report(atEnd));
  return file;
}
