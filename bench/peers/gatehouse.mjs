import { execFileSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createDatabase } from '../database.mjs';
import { freePort, LOAD_CORE, PROXY_CORE, startPinned, stopProcess, untilServing } from '../environment.mjs';

const ROOT = join(import.meta.dirname, '../..');
const TOKENS = 1_000;
const CLIENTS = { orders: 'load', metered: 'load-metered', paired: 'load-paired' };
const app = (name) => join(ROOT, `dist/apps/${name}/src/main.js`);
const at = (port) => `http://127.0.0.1:${port}`;
let started = 0;

/**
 * A gateway that knows tokens which an authorization server gave out. With DATABASE_URL it is a process of its own, as it is deployed; without,
 * the standalone app, whose process also holds the idle authorization server, the portal and the database.
 * @param options.api whose tokens are taken
 * @param options.path what is called
 * @param options.files written over bench/config: path → text
 * @param options.more put below its gatehouse.yaml
 */
export async function startGatehouse(folder, upstreamUrl, options = {}) {
  const { name = 'Gatehouse, token', api = 'orders', path = '/orders/1' } = options;
  const { home, variables } = await prepare(folder, upstreamUrl, options);
  const tokensFile = join(home, 'tokens');
  const start = process.env.DATABASE_URL ? startAlone : startStandalone;
  const { pid, databaseUrl } = await start(variables, async () =>
    writeFileSync(tokensFile, (await takeTokens(variables.PUBLIC_AUTH_URL, api)).join('\n')),
  );
  const internalUrl = at(variables.GATEWAY_INTERNAL_PORT);
  return {
    name,
    pid,
    url: `${at(variables.GATEWAY_PORT)}${path}`,
    decisionUrl: `${internalUrl}/authz`,
    metricsUrl: `${internalUrl}/metrics`,
    tokensFile,
    databaseUrl,
  };
}

/**
 * An authorization server and two gateways of one installation, on a database of their own. Needs DATABASE_URL.
 * @returns their base URLs
 */
export async function startTwoGateways(folder, upstreamUrl) {
  const { home, variables } = await prepare(folder, upstreamUrl, {});
  const { env } = await openDatabase(variables);
  await startAuthServer(env);
  const gateways = [];
  for (const name of ['first', 'second']) {
    const [gateway, internal] = await Promise.all([freePort(), freePort()]);
    await startGateway({ ...env, GATEHOUSE_DATA: join(home, name), GATEWAY_PORT: gateway, GATEWAY_INTERNAL_PORT: internal });
    gateways.push(at(gateway));
  }
  return { auth: env.PUBLIC_AUTH_URL, gateways };
}

/** A folder for one installation, and what it is started with. */
async function prepare(folder, upstreamUrl, options) {
  const [gateway, internal, auth, portal, sample] = await Promise.all(Array.from({ length: 5 }, freePort));
  const home = join(folder, `gatehouse-${started++}`);
  const variables = {
    PATH: process.env.PATH,
    GATEHOUSE_CONFIG: writeConfig(home, options),
    GATEHOUSE_DATA: join(home, 'data'),
    GATEWAY_PORT: gateway,
    GATEWAY_INTERNAL_PORT: internal,
    AUTH_SERVER_PORT: auth,
    PORTAL_PORT: portal,
    SAMPLE_UPSTREAM_PORT: sample,
    PUBLIC_AUTH_URL: at(auth),
    UPSTREAM_URL: upstreamUrl,
    LOG_LEVEL: 'warn',
    ...options.env,
  };
  return { home, variables };
}

function writeConfig(home, { files = {}, more = '' }) {
  const config = join(home, 'config');
  cpSync(join(ROOT, 'bench/config'), config, { recursive: true });
  appendFileSync(join(config, 'gatehouse.yaml'), more);
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(config, file)), { recursive: true });
    writeFileSync(join(config, file), text);
  }
  return config;
}

async function startStandalone(env, takeAll) {
  const child = startPinned(PROXY_CORE, process.execPath, [app('standalone')], { env });
  await untilServing(`${env.PUBLIC_AUTH_URL}/healthz`);
  await takeAll();
  return { pid: child.pid, databaseUrl: null };
}

/** The authorization server ends once it has given out the tokens: it must not take part in what is measured. */
async function startAlone(variables, takeAll) {
  const { env, databaseUrl } = await openDatabase(variables);
  const auth = await startAuthServer(env);
  await takeAll();
  await stopProcess(auth);
  const gateway = await startGateway(env);
  return { pid: gateway.pid, databaseUrl };
}

async function openDatabase(variables) {
  const databaseUrl = await createDatabase(process.env.DATABASE_URL);
  const env = { ...variables, DATABASE_URL: databaseUrl, GATEHOUSE_SECRET: 'a secret for the benchmark, long enough' };
  execFileSync(process.execPath, [join(ROOT, 'bin/gatehouse.mjs'), 'migrate'], { env });
  return { env, databaseUrl };
}

async function startAuthServer(env) {
  const auth = startPinned(LOAD_CORE, process.execPath, [app('auth-server')], { env });
  await untilServing(`${env.PUBLIC_AUTH_URL}/healthz`);
  return auth;
}

async function startGateway(env) {
  const gateway = startPinned(PROXY_CORE, process.execPath, [app('gateway')], { env });
  await untilServing(`${at(env.GATEWAY_INTERNAL_PORT)}/healthz`);
  return gateway;
}

async function takeTokens(auth, api) {
  const tokens = [];
  while (tokens.length < TOKENS) tokens.push(...(await Promise.all(Array.from({ length: 20 }, () => takeToken(auth, api)))));
  return tokens;
}

/** A token of the load's client for an API, from an authorization server at a URL. */
export async function takeToken(auth, api) {
  const response = await askAuthServer(auth, api, 'token', { grant_type: 'client_credentials', scope: 'read' });
  const body = await response.json();
  if (!response.ok) throw new Error(`The authorization server gave no token: ${JSON.stringify(body)}`);
  return body.access_token;
}

/** Takes a token of the load's client back. */
export async function revokeToken(auth, api, token) {
  const response = await askAuthServer(auth, api, 'revoke', { token });
  const text = await response.text();
  if (!response.ok) throw new Error(`The authorization server did not revoke: ${text}`);
}

function askAuthServer(auth, api, endpoint, fields) {
  return fetch(`${auth}/local/api/${api}/${endpoint}`, {
    method: 'POST',
    body: new URLSearchParams({ ...fields, client_id: CLIENTS[api], client_secret: 'load-secret' }),
  });
}
