import { appendFileSync, cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { freePort, PROXY_CORE, startPinned, untilServing } from '../environment.mjs';

const ROOT = join(import.meta.dirname, '../..');
const TOKENS = 1_000;
const CLIENTS = { orders: 'load', metered: 'load-metered', paired: 'load-paired' };
let started = 0;

/**
 * The standalone app; its process also holds the idle authorization server, which gives out the tokens for all contenders.
 * @param options.api whose tokens are taken
 * @param options.path what is called
 * @param options.files written over bench/config: path → text
 * @param options.more put below its gatehouse.yaml
 */
export async function startGatehouse(folder, upstreamUrl, options = {}) {
  const { name = 'Gatehouse, token', api = 'orders', path = '/orders/1', files = {}, env = {}, more = '' } = options;
  const [gateway, internal, auth, portal, sample] = await Promise.all(Array.from({ length: 5 }, freePort));
  const at = (port) => `http://127.0.0.1:${port}`;
  const home = join(folder, `gatehouse-${started++}`);
  const config = join(home, 'config');
  cpSync(join(ROOT, 'bench/config'), config, { recursive: true });
  appendFileSync(join(config, 'gatehouse.yaml'), more);
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(config, file)), { recursive: true });
    writeFileSync(join(config, file), text);
  }
  const child = startPinned(PROXY_CORE, process.execPath, [join(ROOT, 'dist/apps/standalone/src/main.js')], {
    env: {
      PATH: process.env.PATH,
      GATEHOUSE_CONFIG: config,
      GATEHOUSE_DATA: join(home, 'data'),
      GATEWAY_PORT: gateway,
      GATEWAY_INTERNAL_PORT: internal,
      AUTH_SERVER_PORT: auth,
      PORTAL_PORT: portal,
      SAMPLE_UPSTREAM_PORT: sample,
      PUBLIC_AUTH_URL: at(auth),
      UPSTREAM_URL: upstreamUrl,
      LOG_LEVEL: 'warn',
      ...env,
    },
  });
  await untilServing(`${at(auth)}/healthz`);
  const tokens = [];
  while (tokens.length < TOKENS) tokens.push(...(await Promise.all(Array.from({ length: 20 }, () => takeToken(at(auth), api)))));
  const tokensFile = join(home, 'tokens');
  writeFileSync(tokensFile, tokens.join('\n'));
  return { name, pid: child.pid, url: `${at(gateway)}${path}`, decisionUrl: `${at(internal)}/authz`, tokensFile };
}

/** A token of the load's client for an API, from an authorization server at a URL. */
export async function takeToken(auth, api) {
  const response = await fetch(`${auth}/local/api/${api}/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'client_credentials', client_id: CLIENTS[api], client_secret: 'load-secret', scope: 'read' }),
  });
  const body = await response.json();
  if (!response.ok) throw new Error(`The authorization server gave no token: ${JSON.stringify(body)}`);
  return body.access_token;
}
