import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, has, PROXY_CORE, startPinned, untilServing } from '../environment.mjs';

/** Caddy's reverse_proxy, no check. @returns null where it is not installed */
export async function startCaddy(folder, upstreamUrl) {
  if (!has('caddy')) {
    console.log('skipped: Caddy (Debian: apt install caddy)');
    return null;
  }
  const port = await freePort();
  const file = join(folder, 'Caddyfile');
  writeFileSync(
    file,
    `{
  admin off
  auto_https off
}
http://127.0.0.1:${port} {
  reverse_proxy ${new URL(upstreamUrl).host}
}
`,
  );
  const child = startPinned(PROXY_CORE, 'caddy', ['run', '--adapter', 'caddyfile', '--config', file], {
    env: { PATH: process.env.PATH, HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder },
  });
  const url = `http://127.0.0.1:${port}`;
  await untilServing(url);
  return { name: 'Caddy reverse_proxy, no check', pid: child.pid, url: `${url}/orders/1` };
}
