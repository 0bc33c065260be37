import crypto from 'node:crypto';
import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { freePort, PROXY_CORE, startPinned, untilServing } from '../environment.mjs';

const HOME = join(import.meta.dirname, '../express-gateway');
const CLIENT = { client_id: 'load', client_secret: 'load-secret' };
const TOKENS = 20;

/**
 * express-gateway on its in-memory store.
 * @param options.oauth2 with its oauth2 policy; otherwise it only proxies
 * @returns null where it is not installed, or where this Node.js lacks what it needs
 */
export async function startExpressGateway(folder, upstreamUrl, { oauth2 = false } = {}) {
  if (!existsSync(join(HOME, 'node_modules'))) {
    console.log('skipped: express-gateway (npm install --prefix bench/express-gateway)');
    return null;
  }
  if (oauth2 && !('createCipher' in crypto)) {
    console.log(
      `skipped: express-gateway with oauth2 (its tokens need crypto.createCipher, which Node.js has had up to 21; this is ${process.version})`,
    );
    return null;
  }
  const [port, admin] = [await freePort(), await freePort()];
  const config = join(folder, 'express-gateway');
  mkdirSync(config, { recursive: true });
  const package_ = dirname(createRequire(join(HOME, 'package.json')).resolve('express-gateway/package.json'));
  for (const part of ['models', 'system.config.yml']) cpSync(join(package_, 'lib/config', part), join(config, part), { recursive: true });
  writeFileSync(
    join(config, 'gateway.config.yml'),
    JSON.stringify({
      http: { port },
      admin: { port: admin, host: '127.0.0.1' },
      apiEndpoints: { orders: { host: '*', paths: ['/orders', '/orders/*'] } },
      serviceEndpoints: { upstream: { url: upstreamUrl } },
      policies: ['oauth2', 'proxy'],
      pipelines: {
        orders: {
          apiEndpoints: ['orders'],
          policies: [...(oauth2 ? [{ oauth2: {} }] : []), { proxy: [{ action: { serviceEndpoint: 'upstream' } }] }],
        },
      },
    }),
  );
  const child = startPinned(PROXY_CORE, process.execPath, ['-e', `require('express-gateway')().load(process.env.EG_CONFIG_DIR).run()`], {
    cwd: HOME,
    env: { PATH: process.env.PATH, EG_CONFIG_DIR: config, EG_DISABLE_CONFIG_WATCH: 'true', LOG_LEVEL: 'error', NODE_ENV: 'production' },
  });
  await untilServing(`http://127.0.0.1:${port}/orders/1`);
  await untilServing(`http://127.0.0.1:${admin}/users`);
  const tokensFile = join(folder, 'express-gateway-tokens');
  if (oauth2) writeFileSync(tokensFile, (await takeTokens(port, admin)).join('\n'));
  const name = oauth2 ? 'express-gateway, oauth2' : 'express-gateway, no check';
  return { name, pid: child.pid, url: `http://127.0.0.1:${port}/orders/1`, tokensFile };
}

async function takeTokens(port, admin) {
  const ask = async (url, body) => {
    const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`express-gateway: ${response.status} ${await response.text()}`);
    return response.json();
  };
  await ask(`http://127.0.0.1:${admin}/users`, { username: 'load', firstname: 'Load', lastname: 'Load' });
  await ask(`http://127.0.0.1:${admin}/credentials`, { consumerId: 'load', type: 'oauth2', credential: { secret: CLIENT.client_secret } });
  const tokens = [];
  while (tokens.length < TOKENS) {
    const answer = await ask(`http://127.0.0.1:${port}/oauth2/token`, { grant_type: 'client_credentials', ...CLIENT });
    tokens.push(answer.access_token);
  }
  return tokens;
}
