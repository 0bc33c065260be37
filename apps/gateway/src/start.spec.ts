import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { loadConfig } from '#config/load-config.js';
import { Registry } from '#config/registry-holder.js';
import { ConfigState } from '#installation/config-state.js';
import type { Installation } from '#installation/installation.js';
import { createDataSource } from '#persistence/schema/data-source.js';
import { readEnvironment } from '#process/environment.js';
import { createLogger } from '#process/logger.js';
import { RootSecret } from '#secrets/root-secret.js';
import { freePorts } from '../../../test/harness/free-port.js';
import { until } from '../../../test/harness/installation.js';
import { ownParts, serveGateway } from './start.js';

const CONFIG = join(import.meta.dirname, '../test/config');
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function listenAt(server: Server, port: number): Promise<number> {
  servers.push(server);
  server.listen(port);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** Its database is away, which keeps no gateway from serving. */
async function installationOf(upstream: number, variables: NodeJS.ProcessEnv): Promise<Installation> {
  const outcome = await loadConfig(CONFIG, { UPSTREAM_URL: `http://127.0.0.1:${upstream}` });
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.faults));
  const installation: Omit<Installation, 'callOuts' | 'close'> = {
    registry: new Registry(outcome),
    configState: new ConfigState(),
    environment: readEnvironment(variables),
    logger: createLogger('fatal', 'test'),
    rootSecret: new RootSecret('a-secret-of-at-least-thirty-two-characters'),
    dataSource: createDataSource({ server: { host: '127.0.0.1', port: 9 }, poolSize: 1 }, 'test'),
    embedded: true,
  };
  return installation as Installation;
}

test('one of several processes that stops alone does so at once, and answers no more for them all', async () => {
  const held: ServerResponse[] = [];
  const upstream = await listenAt(
    createServer((_, response) => void held.push(response)),
    0,
  );
  const [port, internalPort] = (await freePorts(2)) as [number, number];
  const installation = await installationOf(upstream, {
    GATEWAY_PORT: String(port),
    GATEWAY_INTERNAL_PORT: String(internalPort),
    GATEWAY_DRAIN_DELAY: '300s',
  });
  const app = await serveGateway(installation, { ...ownParts(null), sharesPorts: true, stopsAlone: () => true });
  const readiness = (): Promise<number> => fetch(`http://127.0.0.1:${internalPort}/readyz`).then(({ status }) => status);
  expect(await readiness()).toBe(200);
  const call = fetch(`http://127.0.0.1:${port}/open/x`);
  await until(() => held.length === 1, 'the call is at the upstream');
  const stopped = app.stop();
  await expect(readiness()).rejects.toThrow('fetch failed');
  held[0]?.end('finished');
  expect(await (await call).text()).toBe('finished');
  await stopped;
});

test.each([
  ['one of several processes', true, 'GATEWAY_PORT'],
  ['a process of its own, whose /readyz says that it starts,', false, 'GATEWAY_INTERNAL_PORT'],
])('%s opens first', async (_, sharesPorts, variable) => {
  const [port, internalPort] = [await listenAt(createServer(), 0), await listenAt(createServer(), 0)];
  const installation = await installationOf(9, { GATEWAY_PORT: String(port), GATEWAY_INTERNAL_PORT: String(internalPort) });
  await expect(serveGateway(installation, { ...ownParts(null), sharesPorts })).rejects.toThrow(`set ${variable} to`);
});
