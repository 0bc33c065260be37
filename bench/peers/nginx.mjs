import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, LOAD_CORE, PROXY_CORE, startPinned, untilServing } from '../environment.mjs';

/** Workers that root starts would otherwise be nobody, who may not read the bench's files. */
const AS_ROOT = process.getuid() === 0 ? 'user root;' : '';
const MODULES = '/usr/lib/nginx/modules';

function luaAvailable() {
  return existsSync(`${MODULES}/ngx_http_lua_module.so`);
}

const ANSWER = JSON.stringify({
  id: 1,
  status: 'shipped',
  lines: Array.from({ length: 6 }, (_, i) => ({ sku: `A-${i}`, count: i })),
}).padEnd(200, ' ');

/** A static answer of 200 bytes over kept connections. */
export function startUpstream(folder) {
  return start(
    folder,
    'upstream',
    LOAD_CORE,
    'upstream',
    '',
    () => `location / { default_type application/json; return 200 '${ANSWER}'; }`,
  );
}

/** A file of so many bytes at every path. */
export function startFiles(folder, bytes) {
  mkdirSync(join(folder, 'files/files'), { recursive: true });
  writeFileSync(join(folder, 'files/files/body'), Buffer.alloc(bytes, 'x'));
  return start(
    folder,
    'files',
    LOAD_CORE,
    'files',
    'sendfile on;',
    () => `location / { root ${folder}/files/files; try_files /body =404; }`,
  );
}

/** proxy_pass with kept connections, and no check at all. */
export function startNginxProxy(folder, upstreamUrl, path = '/orders/1') {
  const unbuffered = 'proxy_request_buffering off; proxy_max_temp_file_size 0; client_max_body_size 0;';
  return start(
    folder,
    'nginx proxy_pass, no check',
    PROXY_CORE,
    'proxy',
    pool(upstreamUrl),
    () => `location / { ${unbuffered} ${PASS} }`,
    path,
  );
}

/**
 * The same with a token check in Lua: SHA-256, look-up, scope, five identity fields.
 * @param options.full with a limit, a request id and an access log too
 * @returns null where the module is not installed
 */
export function startNginxLua(folder, upstreamUrl, tokensFile, { full = false } = {}) {
  if (!luaAvailable()) {
    console.log('skipped: nginx + Lua (Debian: apt install libnginx-mod-http-lua)');
    return null;
  }
  const limit = 'limit_req_zone $http_authorization zone=callers:10m rate=1000000r/s;';
  const log =
    'log_format calls escape=json \'{"time":"$time_iso8601","id":"$request_id","method":"$request_method","uri":"$uri","status":$status,"seconds":$request_time}\';';
  const before = `${pool(upstreamUrl)} ${full ? limit + log : ''}
    init_by_lua_block {
      require "resty.core"
      local ffi = require "ffi"
      ffi.cdef "unsigned char *SHA256(const unsigned char *d, size_t n, unsigned char *md);"
      local digest = ffi.new("unsigned char[32]")
      function sha256(text)
        ffi.C.SHA256(text, #text, digest)
        return ffi.string(digest, 32)
      end
      tokens = {}
      for token in io.lines("${tokensFile}") do
        tokens[sha256(token)] = { scopes = { read = true }, application = "load", subscription = "1", client = "load", plan = "unlimited" }
      end
    }`;
  return start(
    folder,
    full ? 'nginx + Lua, token + limit_req + request id + access log' : 'nginx + Lua, token',
    PROXY_CORE,
    'lua',
    before,
    () => `location / {
      client_max_body_size 0;
      ${full ? `limit_req zone=callers burst=1000000 nodelay; proxy_set_header X-Request-Id $request_id; access_log ${folder}/lua/access.log calls buffer=64k flush=1s;` : ''}
      access_by_lua_block {
        local header = ngx.var.http_authorization
        if not header or header:sub(1, 7) ~= "Bearer " then return ngx.exit(401) end
        local known = tokens[sha256(header:sub(8))]
        if not known then return ngx.exit(401) end
        if not known.scopes.read then return ngx.exit(403) end
        local set = ngx.req.set_header
        set("X-Consumer-Id", known.application)
        set("X-Consumer-Custom-Id", known.subscription)
        set("X-Credential-Identifier", known.client)
        set("X-Plan-Id", known.plan)
        set("X-Authenticated-Scope", "read")
        ngx.req.clear_header("Authorization")
      }
      ${PASS}
    }`,
  );
}

const PASS = 'proxy_pass http://pool; proxy_http_version 1.1; proxy_set_header Connection "";';
const pool = (url) => `upstream pool { server ${new URL(url).host}; keepalive 128; keepalive_requests 1000000; }`;

async function start(folder, name, core, id, before, location, path = '/orders/1') {
  const port = await freePort();
  const prefix = join(folder, id === 'proxy' ? `${id}-${port}` : id);
  mkdirSync(join(prefix, 'logs'), { recursive: true });
  const lua = before.includes('lua') ? `load_module ${MODULES}/ndk_http_module.so; load_module ${MODULES}/ngx_http_lua_module.so;` : '';
  writeFileSync(
    join(prefix, 'nginx.conf'),
    `${lua} ${AS_ROOT} daemon off; worker_processes 1; pid ${prefix}/pid; error_log stderr crit;
     events { worker_connections 4096; }
     http { access_log off; keepalive_requests 1000000; client_body_temp_path ${prefix}/body; proxy_temp_path ${prefix}/proxy;
       fastcgi_temp_path ${prefix}/f; uwsgi_temp_path ${prefix}/u; scgi_temp_path ${prefix}/s;
       ${before}
       server { listen 127.0.0.1:${port} backlog=1024; ${location()} } }`,
  );
  const child = startPinned(core, 'nginx', ['-p', prefix, '-c', join(prefix, 'nginx.conf'), '-e', 'stderr']);
  const url = `http://127.0.0.1:${port}`;
  await untilServing(url);
  return { name, pid: child.pid, url: core === LOAD_CORE ? url : url + path };
}
