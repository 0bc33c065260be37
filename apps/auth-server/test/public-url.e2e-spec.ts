import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startInstallation, type TestInstallation } from '../../../test/harness/installation.js';
import { WebSession } from '../../../test/harness/web-session.js';
import { authorizeUrl, CLIENTS, issuerOf } from './flow-driver.js';

/** Behind a proxy that ends TLS and strips a path: what people and clients see is made from the public URL. */

const PUBLIC = 'https://gate.example/auth';
let installation: TestInstallation;
let inside: string;

beforeAll(async () => {
  installation = await startInstallation({ config: join(import.meta.dirname, 'config'), env: { PUBLIC_AUTH_URL: PUBLIC } });
  inside = issuerOf(installation, CLIENTS.house);
});
afterAll(() => installation.stop());

test('16: over https cookies are __Host-, Secure, HttpOnly and SameSite', async () => {
  const session = new WebSession();
  const first = await session.get(authorizeUrl(inside, CLIENTS.house));
  expect(first.headers.getSetCookie()).toEqual([
    expect.stringMatching(/^__Host-gatehouse-browser=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Secure$/),
  ]);
});

test('7, 50: issuer, endpoints and iss have the public URL', async () => {
  const metadata = await (await fetch(`${installation.urls.auth}/.well-known/oauth-authorization-server/local/api/orders`)).json();
  expect(metadata).toMatchObject({ issuer: `${PUBLIC}/local/api/orders`, token_endpoint: `${PUBLIC}/local/api/orders/token` });
  const back = await new WebSession().get(authorizeUrl(inside, CLIENTS.house, { prompt: 'none' }));
  expect(new URL(back.location as string).searchParams.get('iss')).toBe(`${PUBLIC}/local/api/orders`);
});

test('steps, assets and forms stand below its path', async () => {
  const session = new WebSession();
  const first = await session.get(authorizeUrl(inside, CLIENTS.house));
  const path = new URL(first.location as string).pathname;
  expect(path).toBe('/auth/local/login');
  const page = await session.get((first.location as string).replace('/auth/', '/'));
  expect(page.body).toMatch(/href="\/auth\/assets\//);
  const done = await session.submit(page, { email: 'ada@example.com', password: 'lovelace' });
  expect(new URL(done.location as string).pathname).toBe('/auth/local/continue');
});
