import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { decodeJwt } from 'jose';
import type { TestInstallation } from '../../../test/harness/installation.js';
import { type Visit, WebSession } from '../../../test/harness/web-session.js';
import { authorizeUrl, BOB, CLIENTS, goOn, issuerOf, startFixture } from './flow-driver.js';
import { logInByOpenId } from './oidc-driver.js';

/** The rules of the OpenID conformance suite's RP-initiated logout plan, and of the clauses behind them. */

let installation: TestInstallation;
let issuer: string;
const { shop, house } = CLIENTS;

beforeAll(async () => {
  installation = await startFixture();
  issuer = issuerOf(installation, shop);
});
afterAll(() => installation.stop());

const logoutUrl = (parameters: Record<string, string>) => `${installation.urls.auth}/logout?${new URLSearchParams(parameters)}`;
const isLoggedIn = async (session: WebSession) => {
  const visit = await goOn(session, await session.get(authorizeUrl(issuer, shop, { scope: 'openid', prompt: 'none' })));
  return !(visit.location ?? '').includes('login_required');
};
const asks = (visit: Visit) => visit.status === 200 && visit.body.includes('Log out?');

async function loggedIn() {
  const session = new WebSession();
  const { body } = await logInByOpenId(issuer, shop, {}, { session });
  return { session, idToken: body.id_token as string };
}

describe('RP-Initiated Logout §2, §3', () => {
  test('rp-initiated-logout: with a hint of the person who is logged in: no question, back to the client, with its state', async () => {
    const { session, idToken } = await loggedIn();
    expect(await isLoggedIn(session)).toBe(true);
    const parameters = { id_token_hint: idToken, post_logout_redirect_uri: shop.redirectUri, state: 'a b&c' };
    const visit = await session.get(logoutUrl(parameters));
    expect([visit.status, visit.location]).toEqual([303, `${shop.redirectUri}?state=a%20b%26c`]);
    expect(await isLoggedIn(session)).toBe(false);
  });

  test('the same by POST, which an endpoint of this kind must take', async () => {
    const { session, idToken } = await loggedIn();
    const form = { id_token_hint: idToken, post_logout_redirect_uri: shop.redirectUri, client_id: shop.id };
    const visit = await session.follow(await session.post(`${installation.urls.auth}/logout`, form), installation.urls.auth);
    expect([visit.status, visit.location]).toEqual([303, shop.redirectUri]);
    expect(await isLoggedIn(session)).toBe(false);
  });

  test('no-post-logout-redirect-uri, only-state: logged out, and a page says so', async () => {
    for (const more of [{}, { state: 'lonely' }] as Record<string, string>[]) {
      const { session, idToken } = await loggedIn();
      const visit = await session.get(logoutUrl({ id_token_hint: idToken, ...more }));
      expect([visit.status, visit.location, visit.body.includes('You are logged out')]).toEqual([200, null, true]);
      expect(await isLoggedIn(session)).toBe(false);
    }
  });

  test('no-params, no-id-token-hint: the person is asked, and stays logged in until they answer', async () => {
    for (const parameters of [{}, { post_logout_redirect_uri: shop.redirectUri, client_id: shop.id }] as Record<string, string>[]) {
      const { session } = await loggedIn();
      const page = await session.get(logoutUrl(parameters));
      expect([asks(page), await isLoggedIn(session)]).toEqual([true, true]);
      const done = await session.submit(page, {});
      expect(done.location).toBe(parameters.post_logout_redirect_uri ?? null);
      expect(await isLoggedIn(session)).toBe(false);
    }
  });

  test('bad-post-logout-redirect-uri, query-added: nobody is sent to an address that is not registered', async () => {
    for (const uri of [
      'https://evil.example/',
      `${shop.redirectUri}?added=1`,
      `${shop.redirectUri}/more`,
      house.redirectUri,
      'javascript:alert(1)',
    ]) {
      const { session, idToken } = await loggedIn();
      const visit = await session.get(logoutUrl({ id_token_hint: idToken, post_logout_redirect_uri: uri, state: 's' }));
      expect([uri, visit.status, visit.location]).toEqual([uri, 200, null]);
    }
  });

  test('bad-id-token-hint, modified-id-token-hint: an error page; nobody is logged out or sent anywhere', async () => {
    const { session, idToken } = await loggedIn();
    const [head, , signature] = idToken.split('.') as [string, string, string];
    const modified = Buffer.from(JSON.stringify({ ...decodeJwt(idToken), aud: house.id })).toString('base64url');
    for (const hint of ['junk', `${head}.${modified}.${signature}`, idToken.slice(0, -6)]) {
      const visit = await session.get(logoutUrl({ id_token_hint: hint, post_logout_redirect_uri: shop.redirectUri }));
      expect([visit.status, visit.location]).toEqual([400, null]);
    }
    const mismatch = await session.get(
      logoutUrl({ id_token_hint: idToken, client_id: house.id, post_logout_redirect_uri: house.redirectUri }),
    );
    expect([mismatch.status, mismatch.location]).toEqual([400, null]);
    expect(await isLoggedIn(session)).toBe(true);
  });

  test("other-id-token: someone else's hint: the person is asked", async () => {
    const { idToken } = await loggedIn();
    const bob = new WebSession();
    await logInByOpenId(issuer, shop, {}, { session: bob, person: BOB });
    const page = await bob.get(logoutUrl({ id_token_hint: idToken, post_logout_redirect_uri: shop.redirectUri }));
    expect([asks(page), await isLoggedIn(bob)]).toEqual([true, true]);
    expect((await bob.submit(page, {})).location).toBe(shop.redirectUri);
  });

  test('nobody is logged in any more: back to the client all the same', async () => {
    const { session, idToken } = await loggedIn();
    const url = logoutUrl({ id_token_hint: idToken, post_logout_redirect_uri: shop.redirectUri });
    await session.get(url);
    for (const browser of [session, new WebSession()]) expect((await browser.get(url)).location).toBe(shop.redirectUri);
  });
});
