import { join } from 'node:path';
import { freePort, PROXY_CORE, startPinned, untilServing } from '../environment.mjs';

export const startNestProxy = (upstreamUrl, tokensFile) =>
  start('Nest + http-proxy-middleware, token', 'nest-proxy.mjs', upstreamUrl, tokensFile);

export const startUndiciProxy = (upstreamUrl, tokensFile) =>
  start('node:http + undici, token', 'undici-proxy.mjs', upstreamUrl, tokensFile);

async function start(name, file, upstreamUrl, tokensFile) {
  const port = await freePort();
  const child = startPinned(PROXY_CORE, process.execPath, [join(import.meta.dirname, file)], {
    env: { PATH: process.env.PATH, PORT: port, UPSTREAM_URL: upstreamUrl, TOKENS_FILE: tokensFile, NODE_ENV: 'production' },
  });
  await untilServing(`http://127.0.0.1:${port}/`);
  return { name, pid: child.pid, url: `http://127.0.0.1:${port}/orders/1` };
}
