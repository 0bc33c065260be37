import { afterAll, beforeAll, expect, test } from '@jest/globals';
import * as oauth from 'oauth4webapi';
import * as openid from 'openid-client';
import type { TestInstallation } from '../../../test/harness/installation.js';
import { WebSession } from '../../../test/harness/web-session.js';
import { ADA, authorize, CLIENTS, issuerOf, startFixture } from './flow-driver.js';

/** OpenID clients that we did not write, with every check of theirs switched on. */

let installation: TestInstallation;
const plainHttp = { [oauth.allowInsecureRequests]: true };

beforeAll(async () => {
  installation = await startFixture();
});
afterAll(() => installation.stop());

test.each(['shop', 'page', 'pocket'] as const)(
  'Core, Discovery: oauth4webapi as %s: id_token with signature, nonce, max_age; userinfo',
  async (name) => {
    const fixture: (typeof CLIENTS)[keyof typeof CLIENTS] = CLIENTS[name];
    const issuer = new URL(issuerOf(installation, fixture));
    const server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, { algorithm: 'oidc', ...plainHttp }));
    const client: oauth.Client = { client_id: fixture.id };
    const authentication = 'secret' in fixture ? oauth.ClientSecretPost(fixture.secret) : oauth.None();
    const [verifier, state, nonce] = [oauth.generateRandomCodeVerifier(), oauth.generateRandomState(), oauth.generateRandomNonce()];
    const url = new URL(server.authorization_endpoint as string);
    url.search = new URLSearchParams({
      client_id: fixture.id,
      redirect_uri: fixture.redirectUri,
      response_type: 'code',
      scope: 'openid email read',
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      max_age: '900',
      state,
      nonce,
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
    const tokens = await oauth.processAuthorizationCodeResponse(server, client, response, {
      expectedNonce: nonce,
      maxAge: 900,
      requireIdToken: true,
    });
    await oauth.validateApplicationLevelSignature(server, response, plainHttp);
    const claims = oauth.getValidatedIdTokenClaims(tokens);
    expect(claims).toMatchObject({ email: ADA.email, nonce });

    const answer = await oauth.userInfoRequest(server, client, tokens.access_token, plainHttp);
    const info = await oauth.processUserInfoResponse(server, client, claims?.sub as string, answer);
    expect(info).toEqual({ sub: claims?.sub, email: ADA.email, email_verified: true });
  },
);

test('Core, Discovery: openid-client: login, checked id_token, userinfo, refresh, end of session', async () => {
  const { shop } = CLIENTS;
  const config = await openid.discovery(new URL(issuerOf(installation, shop)), shop.id, shop.secret, undefined, {
    execute: [openid.allowInsecureRequests, openid.enableNonRepudiationChecks],
  });
  const [pkceCodeVerifier, expectedNonce] = [openid.randomPKCECodeVerifier(), openid.randomNonce()];
  const url = openid.buildAuthorizationUrl(config, {
    redirect_uri: shop.redirectUri,
    scope: 'openid email',
    code_challenge: await openid.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
    nonce: expectedNonce,
  });
  const back = await authorize(new WebSession(), url.href);
  const tokens = await openid.authorizationCodeGrant(config, new URL(back.location as string), {
    pkceCodeVerifier,
    expectedNonce,
    idTokenExpected: true,
  });
  const sub = tokens.claims()?.sub as string;
  expect(await openid.fetchUserInfo(config, tokens.access_token, sub)).toEqual({ sub, email: ADA.email, email_verified: true });
  const refreshed = await openid.refreshTokenGrant(config, tokens.refresh_token as string);
  expect(refreshed.claims()?.sub).toBe(sub);
  expect(openid.buildEndSessionUrl(config, { id_token_hint: tokens.id_token as string }).pathname).toBe('/logout');
});
