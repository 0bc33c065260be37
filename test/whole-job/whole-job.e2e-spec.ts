/**
 * The whole job of this software, with a client that we did not write (openid-client) and an upstream in a process of its own:
 * register an API and an application in config, authorize, call, refresh.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as client from 'openid-client';
import { startInstallation, type TestInstallation } from '../harness/installation.js';
import { WebSession } from '../harness/web-session.js';

const REDIRECT_URI = 'https://partner.example/callback';

let upstream: ChildProcess;
let gatehouse: TestInstallation;

beforeAll(async () => {
  upstream = spawn(process.execPath, [join(import.meta.dirname, 'upstream.mjs')], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [port] = await once(upstream.stdout as NodeJS.ReadableStream, 'data');
  gatehouse = await startInstallation({
    files: {
      'apis/weather/api.yaml': `
name: Weather
auth: oauth2
authMethods: [local]
plans: [basic]
oauth2: { scopes: { forecast: See forecasts, alerts: Get alerts }, accessTokenTtl: 900 }
upstream: { url: "http://127.0.0.1:${String(port).trim()}/weather" }
routes: [{ paths: [/weather/v1] }]
`,
      'applications/partner.yaml': `
name: Partner
clientType: confidential
redirectUris: [${REDIRECT_URI}]
owners: [{ email: admin@example.com, role: owner }]
subscriptions:
  - { api: weather, plan: basic, clientId: partner-weather, clientSecret: partner-weather-secret }
`,
    },
  });
});

afterAll(async () => {
  await gatehouse.stop();
  upstream.kill();
});

const issuer = (): string => `${gatehouse.urls.auth}/local/api/weather`;

function discover(): Promise<client.Configuration> {
  return client.discovery(new URL(issuer()), 'partner-weather', 'partner-weather-secret', undefined, {
    algorithm: 'oauth2',
    execute: [client.allowInsecureRequests],
  });
}

/** Signs in and allows; returns where the browser was sent. */
async function authorizeInBrowser(url: URL): Promise<URL> {
  const browser = new WebSession();
  const login = await browser.follow(await browser.get(url.href), gatehouse.urls.auth);
  const afterLogin = await browser.submit(login, { email: 'ada@example.com', password: 'lovelace' }, { marker: 'name="password"' });
  const consent = await browser.follow(afterLogin, gatehouse.urls.auth);
  expect(consent.body).toContain('See forecasts');
  const allowed = await browser.submit(consent, {}, { marker: 'value="allow"', button: ['decision', 'allow'] });
  const end = await browser.follow(allowed, gatehouse.urls.auth);
  return new URL(end.location as string);
}

async function callApi(token: string): Promise<Response> {
  return fetch(`${gatehouse.urls.gateway}/weather/v1/today?city=Ulm&city=Bonn`, { headers: { authorization: `Bearer ${token}` } });
}

describe('the whole job', () => {
  test('A–H: config → authorize → token → call → refresh, by openid-client', async () => {
    const config = await discover();
    const verifier = client.randomPKCECodeVerifier();
    const state = client.randomState();
    const url = client.buildAuthorizationUrl(config, {
      redirect_uri: REDIRECT_URI,
      scope: 'forecast',
      state,
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    });
    const back = await authorizeInBrowser(url);
    expect(back.href.startsWith(REDIRECT_URI)).toBe(true);

    const tokens = await client.authorizationCodeGrant(config, back, { pkceCodeVerifier: verifier, expectedState: state });
    expect(tokens).toMatchObject({
      token_type: 'bearer',
      expires_in: 900,
      access_token: expect.any(String),
      refresh_token: expect.any(String),
    });

    const answer = await callApi(tokens.access_token);
    expect(answer.status).toBe(200);
    const seen = (await answer.json()) as { url: string; headers: Record<string, string> };
    expect(seen.url).toBe('/weather/today?city=Ulm&city=Bonn');
    expect(seen.headers).toMatchObject({
      'x-consumer-id': 'partner',
      'x-consumer-username': 'partner$weather',
      'x-credential-identifier': 'partner-weather',
      'x-authenticated-userid': expect.stringMatching(/^sub=[0-9a-f-]{36}$/),
      'x-authenticated-scope': 'forecast wicked:partners',
      'x-plan-id': 'basic',
    });
    expect(seen.headers.authorization).toBeUndefined();

    const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token as string);
    expect(refreshed.access_token).not.toBe(tokens.access_token);
    expect(refreshed.refresh_token).not.toBe(tokens.refresh_token);
    expect((await callApi(refreshed.access_token)).status).toBe(200);
  });

  test('E: the token of one API is refused at another', async () => {
    const config = await discover();
    const tokens = await client.clientCredentialsGrant(config);
    expect((await callApi(tokens.access_token)).status).toBe(200);
    const other = await fetch(`${gatehouse.urls.gateway}/orders/v1`, { headers: { authorization: `Bearer ${tokens.access_token}` } });
    expect(other.status).toBe(401);
    expect(other.headers.get('www-authenticate')).toContain('invalid_token');
  });

  test('H: an API that is added to the running installation is served, and one whose file goes is not', async () => {
    const route = `${gatehouse.urls.gateway}/extra/v1`;
    expect((await fetch(route)).status).toBe(404);
    gatehouse.writeConfig(
      'apis/extra/api.yaml',
      `name: Extra\nauth: none\nupstream: { url: "${gatehouse.urls.sample}/status" }\nroutes: [{ paths: [/extra/v1] }]\n`,
    );
    await eventually(async () => (await fetch(route)).status === 200);
    gatehouse.writeConfig('apis/extra', null);
    await eventually(async () => (await fetch(route)).status === 404);
  });

  test('64, 97: a subscription that leaves the config is refused at once and comes back with it; a broken folder changes nothing', async () => {
    const config = await discover();
    const tokens = await client.clientCredentialsGrant(config);
    expect((await callApi(tokens.access_token)).status).toBe(200);

    gatehouse.writeConfig('gatehouse.yaml.broken', 'x: 1');
    gatehouse.writeConfig('plans/basic.yaml', 'name: [');
    await eventually(() => gatehouse.output().includes('plans/basic.yaml'));
    expect((await callApi(tokens.access_token)).status).toBe(200);

    gatehouse.writeConfig('gatehouse.yaml.broken', null);
    gatehouse.writeConfig('plans/basic.yaml', 'name: Basic\n');
    const application = (plan: string): string =>
      `name: Partner\nclientType: confidential\nredirectUris: [${REDIRECT_URI}]\nowners: [{ email: admin@example.com, role: owner }]\nsubscriptions:${plan}\n`;
    gatehouse.writeConfig('applications/partner.yaml', application(' []'));
    await eventually(async () => (await callApi(tokens.access_token)).status === 401);
    gatehouse.writeConfig(
      'applications/partner.yaml',
      application('\n  - { api: weather, plan: basic, clientId: partner-weather, clientSecret: partner-weather-secret }'),
    );
    await eventually(async () => (await callApi(tokens.access_token)).status === 200);
  });
});

async function eventually(condition: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + 15_000;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error('It did not become so within 15 s');
    await new Promise((done) => setTimeout(done, 50));
  }
}
