/** Short calls, many a second: what one costs. */
import { join } from 'node:path';
import { compare } from '../compare.mjs';
import { openLoad, tokenLoad } from '../load.mjs';
import { startCaddy } from '../peers/caddy.mjs';
import { startExpressGateway } from '../peers/express-gateway.mjs';
import { startGatehouse } from '../peers/gatehouse.mjs';
import { startHaproxy } from '../peers/haproxy.mjs';
import { startNginxLua, startNginxProxy, startUpstream } from '../peers/nginx.mjs';
import { startNestProxy, startUndiciProxy } from '../peers/node-peers.mjs';
import { startSink } from '../peers/sink.mjs';
import { CALL_COLUMNS, formatTable } from '../summary.mjs';

const BODY_BYTES = 10_240;

/** Contenders that could be started, each with its load; a peer that is not installed is null. */
async function measured(contenders, options) {
  return formatTable(await compare((await Promise.all(contenders)).filter(Boolean), options), CALL_COLUMNS);
}

const loaded = async (load, contender) => {
  const started = await contender;
  return started && { ...started, load };
};

/** A call with a token: SHA-256, look-up, scope, identity fields. nginx bare and Caddy check nothing. */
export async function token(folder, options) {
  const upstream = await startUpstream(folder);
  const gatehouse = await startGatehouse(folder, upstream.url);
  const slow = await startGatehouse(folder, upstream.url, { name: 'Gatehouse, token, fast path off', env: { GATEWAY_FAST_PATH: 'off' } });
  const load = tokenLoad(folder, gatehouse.tokensFile);
  return measured(
    [
      loaded(load, startNginxProxy(folder, upstream.url)),
      loaded(load, startHaproxy(folder, upstream.url, gatehouse.tokensFile)),
      loaded(load, startNginxLua(folder, upstream.url, gatehouse.tokensFile)),
      loaded(load, gatehouse),
      loaded(tokenLoad(folder, slow.tokensFile), slow),
      loaded(load, startUndiciProxy(upstream.url, gatehouse.tokensFile)),
      loaded(load, startCaddy(folder, upstream.url)),
      loaded(load, startNestProxy(upstream.url, gatehouse.tokensFile)),
      startExpressGateway(folder, upstream.url, { oauth2: true }).then(
        (peer) => peer && { ...peer, load: tokenLoad(folder, peer.tokensFile) },
      ),
    ],
    options,
  );
}

/** A call of an open API: no credential, no check. */
export async function bare(folder, options) {
  const upstream = await startUpstream(folder);
  const load = openLoad(folder);
  return measured(
    [
      loaded(load, startNginxProxy(folder, upstream.url)),
      loaded(load, startHaproxy(folder, upstream.url)),
      loaded(load, startGatehouse(folder, upstream.url, { name: 'Gatehouse, open API', path: '/open/1' })),
      loaded(load, startCaddy(folder, upstream.url)),
      loaded(load, startExpressGateway(folder, upstream.url)),
    ],
    options,
  );
}

/** Token, plan limit, correlation id, metrics and access log. */
export async function full(folder, options) {
  const upstream = await startUpstream(folder);
  const gatehouse = await startGatehouse(folder, upstream.url, {
    name: 'Gatehouse, token + limit + correlation id + metrics + access log',
    path: '/metered/1',
    api: 'metered',
    more: `accessLog: { enabled: true, file: ${join(folder, 'access.log')} }\n`,
  });
  const load = tokenLoad(folder, gatehouse.tokensFile);
  return measured(
    [
      loaded(load, startNginxProxy(folder, upstream.url)),
      loaded(load, startNginxLua(folder, upstream.url, gatehouse.tokensFile, { full: true })),
      loaded(load, gatehouse),
    ],
    options,
  );
}

/** A POST of 10 KB with a token. */
export async function post(folder, options) {
  const upstream = await startSink();
  const gatehouse = await startGatehouse(folder, upstream.url);
  const load = tokenLoad(folder, gatehouse.tokensFile, BODY_BYTES);
  return measured(
    [
      loaded(load, startNginxProxy(folder, upstream.url)),
      loaded(load, startNginxLua(folder, upstream.url, gatehouse.tokensFile)),
      loaded(load, gatehouse),
    ],
    options,
  );
}
