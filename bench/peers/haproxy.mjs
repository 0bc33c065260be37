import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, has, PROXY_CORE, startPinned, untilServing } from '../environment.mjs';

/**
 * HAProxy, one thread.
 * @param tokensFile tokens that it lets in, looked up in a map by their SHA-256, with identity fields added; undefined: no check
 * @returns null where it is not installed
 */
export async function startHaproxy(folder, upstreamUrl, tokensFile) {
  if (!has('haproxy')) {
    console.log('skipped: HAProxy (Debian: apt install haproxy)');
    return null;
  }
  const port = await freePort();
  const map = join(folder, 'haproxy.map');
  const check = `
  http-request set-var(txn.token) req.hdr(authorization),regsub(^Bearer\\ ,),sha2(256),hex
  http-request set-var(txn.client) var(txn.token),map_str(${map})
  http-request deny deny_status 401 unless { var(txn.client) -m found }
  http-request del-header Authorization
  http-request set-header X-Consumer-Id %[var(txn.client)]
  http-request set-header X-Consumer-Custom-Id 1
  http-request set-header X-Credential-Identifier load
  http-request set-header X-Plan-Id unlimited
  http-request set-header X-Authenticated-Scope read`;
  if (tokensFile) await writeMap(map, tokensFile);
  const file = join(folder, `haproxy-${port}.cfg`);
  writeFileSync(
    file,
    `global
  nbthread 1
  maxconn 8192
defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
frontend calls
  bind 127.0.0.1:${port}${tokensFile ? check : ''}
  default_backend upstream
backend upstream
  http-reuse always
  server one ${new URL(upstreamUrl).host}
`,
  );
  const child = startPinned(PROXY_CORE, 'haproxy', ['-db', '-f', file]);
  await untilServing(`http://127.0.0.1:${port}/`);
  return { name: tokensFile ? 'HAProxy, token from a map' : 'HAProxy, no check', pid: child.pid, url: `http://127.0.0.1:${port}/orders/1` };
}

async function writeMap(map, tokensFile) {
  const { createHash } = await import('node:crypto');
  const tokens = readFileSync(tokensFile, 'utf8').split('\n');
  writeFileSync(map, tokens.map((token) => `${createHash('sha256').update(token).digest('hex').toUpperCase()} load\n`).join(''));
}
