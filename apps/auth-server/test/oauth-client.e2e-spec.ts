import { afterAll, beforeAll, expect, test } from '@jest/globals';
import * as oauth from 'oauth4webapi';
import * as openid from 'openid-client';
import type { TestInstallation } from '../../../test/harness/installation.js';
import { WebSession } from '../../../test/harness/web-session.js';
import { authorize, CLIENTS, issuerOf, startFixture } from './flow-driver.js';

/** Clients that we did not write go the whole way, through login and consent. */

let installation: TestInstallation;
// The libraries demand https but for tests.
const plainHttp = { [oauth.allowInsecureRequests]: true };

beforeAll(async () => {
  installation = await startFixture();
});
afterAll(() => installation.stop());

test.each(['shop', 'page', 'pocket'] as const)('A–F, 7, 51: oauth4webapi as %s: discovery, PKCE, code, token, refresh', async (name) => {
  const fixture: (typeof CLIENTS)[keyof typeof CLIENTS] = CLIENTS[name];
  const issuer = new URL(issuerOf(installation, fixture));
  const server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...plainHttp }));
  expect(server.code_challenge_methods_supported).toEqual(['S256']);
  const client: oauth.Client = { client_id: fixture.id };
  const authentication = 'secret' in fixture ? oauth.ClientSecretBasic(fixture.secret) : oauth.None();

  const verifier = oauth.generateRandomCodeVerifier();
  const state = oauth.generateRandomState();
  const url = new URL(server.authorization_endpoint as string);
  url.search = new URLSearchParams({
    client_id: fixture.id,
    redirect_uri: fixture.redirectUri,
    response_type: 'code',
    scope: 'read write',
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
  }).toString();
  const back = await authorize(new WebSession(), url.href);

  const parameters = oauth.validateAuthResponse(server, client, new URL(back.location as string), state);
  const response = await oauth.authorizationCodeGrantRequest(
    server,
    client,
    authentication,
    parameters,
    fixture.redirectUri,
    verifier,
    plainHttp,
  );
  const tokens = await oauth.processAuthorizationCodeResponse(server, client, response);
  expect(tokens).toMatchObject({ token_type: 'bearer', expires_in: 1200, scope: 'read write' });

  const call = await oauth.protectedResourceRequest(
    tokens.access_token,
    'GET',
    new URL(`${installation.urls.gateway}/orders/v1`),
    undefined,
    undefined,
    plainHttp,
  );
  expect(call.status).toBe(200);

  if (tokens.refresh_token === undefined) {
    expect(name).toBe('page');
    return;
  }
  const refreshed = await oauth.processRefreshTokenResponse(
    server,
    client,
    await oauth.refreshTokenGrantRequest(server, client, authentication, tokens.refresh_token, plainHttp),
  );
  expect(refreshed.refresh_token).not.toBe(tokens.refresh_token);
});

test('A–F, W9: openid-client: discovery, code with PKCE, refresh, client credentials', async () => {
  const { shop } = CLIENTS;
  const config = await openid.discovery(new URL(issuerOf(installation, shop)), shop.id, shop.secret, undefined, {
    algorithm: 'oauth2',
    execute: [openid.allowInsecureRequests],
  });
  const pkceCodeVerifier = openid.randomPKCECodeVerifier();
  const url = openid.buildAuthorizationUrl(config, {
    redirect_uri: shop.redirectUri,
    scope: 'read',
    code_challenge: await openid.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
  });
  const back = await authorize(new WebSession(), url.href);
  const tokens = await openid.authorizationCodeGrant(config, new URL(back.location as string), { pkceCodeVerifier });
  expect(tokens.scope).toBe('read');
  expect((await openid.refreshTokenGrant(config, tokens.refresh_token as string)).access_token).toBeDefined();
  expect((await openid.clientCredentialsGrant(config, { scope: 'write' })).scope).toBe('write');
});
