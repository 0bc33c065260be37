/** Clients of the older generation, which many applications still run: simple-oauth2 and Passport's OAuth 2.0 strategy. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import express from 'express';
import passport from 'passport';
import OAuth2Strategy, { type VerifyCallback } from 'passport-oauth2';
import { AuthorizationCode, ClientCredentials } from 'simple-oauth2';
import type { TestInstallation } from '../../../test/harness/installation.js';
import { WebSession } from '../../../test/harness/web-session.js';
import { authorize, CLIENTS, issuerOf, startFixture } from './flow-driver.js';

let installation: TestInstallation;

beforeAll(async () => {
  installation = await startFixture();
});
afterAll(() => installation.stop());

function simpleConfig(
  client: { id: string; secret: string },
  tokenHost: string,
  bodyFormat: 'form' | 'json',
  authorizationMethod: 'header' | 'body',
) {
  return {
    client: { id: client.id, secret: client.secret },
    auth: { tokenHost, tokenPath: `${tokenHost}/token`, authorizePath: `${tokenHost}/authorize` },
    options: { bodyFormat, authorizationMethod },
  };
}

// D, 20: form and JSON bodies, Basic and body credentials, by a client that has a switch for each.
test.each([
  ['form', 'header'],
  ['form', 'body'],
  ['json', 'body'],
  ['json', 'header'],
] as const)('A–F, 20: simple-oauth2 with a %s body and credentials in the %s', async (bodyFormat, authorizationMethod) => {
  const { shop } = CLIENTS;
  const issuer = issuerOf(installation, shop);
  const client = new AuthorizationCode(simpleConfig(shop, issuer, bodyFormat, authorizationMethod));
  const url = client.authorizeURL({ redirect_uri: shop.redirectUri, scope: 'read', state: 'xyz' });
  const back = new URL((await authorize(new WebSession(), url)).location as string);
  expect(back.searchParams.get('state')).toBe('xyz');

  const token = await client.getToken({ code: back.searchParams.get('code') as string, redirect_uri: shop.redirectUri });
  expect(token.token).toMatchObject({ token_type: 'bearer', expires_in: 1200 });
  expect(token.expired()).toBe(false);
  const call = await fetch(`${installation.urls.gateway}/orders/v1`, { headers: { authorization: `Bearer ${token.token.access_token}` } });
  expect(call.status).toBe(200);

  const refreshed = await token.refresh();
  expect(refreshed.token.refresh_token).not.toBe(token.token.refresh_token);
});

test('W9: simple-oauth2: client credentials', async () => {
  const { shop } = CLIENTS;
  const tokenHost = issuerOf(installation, shop);
  const client = new ClientCredentials({
    client: { id: shop.id, secret: shop.secret },
    auth: { tokenHost, tokenPath: `${tokenHost}/token` },
  });
  const { token } = await client.getToken({ scope: 'read' });
  expect(token.refresh_token).toBeUndefined();
});

test('A–E: passport-oauth2 logs a person in to an Express application, with PKCE and state', async () => {
  const { shop } = CLIENTS;
  const issuer = issuerOf(installation, shop);
  const application = express();
  const seen: string[] = [];
  // What passport-oauth2 keeps between the two requests; one browser, so one session will do.
  const session: Record<string, unknown> = {};
  application.use((request, _response, next) => {
    Object.assign(request, { session });
    next();
  });
  const strategy = new OAuth2Strategy(
    {
      authorizationURL: `${issuer}/authorize`,
      tokenURL: `${issuer}/token`,
      clientID: shop.id,
      clientSecret: shop.secret,
      callbackURL: shop.redirectUri,
      scope: ['read'],
      state: true,
      pkce: true,
    },
    (accessToken: string, refreshToken: string, _profile: unknown, done: VerifyCallback) => {
      seen.push(accessToken, refreshToken);
      done(null, { id: 'someone' });
    },
  );
  application.get(['/login', '/cb'], passport.authenticate(strategy, { session: false }), (_request, response) => response.end('welcome'));
  const server = await serve(application);
  try {
    const at = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const begin = await fetch(`${at}/login`, { redirect: 'manual' });
    const back = new URL((await authorize(new WebSession(), begin.headers.get('location') as string)).location as string);
    const welcome = await fetch(`${at}/cb${back.search}`);
    expect([welcome.status, await welcome.text()]).toEqual([200, 'welcome']);
    const call = await fetch(`${installation.urls.gateway}/orders/v1`, { headers: { authorization: `Bearer ${seen[0]}` } });
    expect(call.status).toBe(200);
    expect(seen[1]).toMatch(/^gh_rt_/);
  } finally {
    server.close();
  }
});

function serve(application: express.Express): Promise<Server> {
  const server = createServer(application);
  return new Promise((done) => server.listen(0, '127.0.0.1', () => done(server)));
}
