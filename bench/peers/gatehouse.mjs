import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, PROXY_CORE, startPinned, untilServing } from '../environment.mjs';

const ROOT = join(import.meta.dirname, '../..');
const TOKENS = 1_000;

/**
 * The standalone app; its process also holds the idle authorization server, which gives out the tokens for all contenders.
 * @param fastPath `off`: node:http alone
 */
export async function startGatehouse(folder, upstreamUrl, fastPath = 'on') {
  const [gateway, internal, auth, portal, sample] = await Promise.all(Array.from({ length: 5 }, freePort));
  const at = (port) => `http://127.0.0.1:${port}`;
  const child = startPinned(PROXY_CORE, process.execPath, [join(ROOT, 'dist/apps/standalone/src/main.js')], {
    env: {
      PATH: process.env.PATH,
      GATEHOUSE_CONFIG: join(ROOT, 'bench/config'),
      GATEHOUSE_DATA: join(folder, `data-${fastPath}`),
      GATEWAY_FAST_PATH: fastPath,
      GATEWAY_PORT: gateway,
      GATEWAY_INTERNAL_PORT: internal,
      AUTH_SERVER_PORT: auth,
      PORTAL_PORT: portal,
      SAMPLE_UPSTREAM_PORT: sample,
      PUBLIC_AUTH_URL: at(auth),
      UPSTREAM_URL: upstreamUrl,
      LOG_LEVEL: 'warn',
    },
  });
  await untilServing(`${at(auth)}/healthz`);
  const tokens = [];
  while (tokens.length < TOKENS) tokens.push(...(await Promise.all(Array.from({ length: 20 }, () => takeToken(at(auth))))));
  const tokensFile = join(folder, `tokens-${fastPath}`);
  writeFileSync(tokensFile, tokens.join('\n'));
  const name = fastPath === 'on' ? 'Gatehouse, token' : 'Gatehouse, token, fast path off';
  return { name, pid: child.pid, url: `${at(gateway)}/orders/1`, tokensFile };
}

async function takeToken(auth) {
  const response = await fetch(`${auth}/local/api/orders/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'client_credentials', client_id: 'load', client_secret: 'load-secret', scope: 'read' }),
  });
  const body = await response.json();
  if (!response.ok) throw new Error(`The authorization server gave no token: ${JSON.stringify(body)}`);
  return body.access_token;
}
