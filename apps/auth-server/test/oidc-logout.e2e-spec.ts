import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { decodeJwt, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import type { TestInstallation } from '../../../test/harness/installation.js';
import { type Visit, WebSession } from '../../../test/harness/web-session.js';
import { authorizeUrl, BOB, CLIENTS, goOn, issuerOf, newProofKey, startFixture } from './flow-driver.js';
import { logInByOpenId } from './oidc-driver.js';

/** The OpenID conformance suite's plan for RP-initiated logout, one test per module under its name; then the clauses beyond it. */

let installation: TestInstallation;
let issuer: string;
const { shop, house, pocket } = CLIENTS;

beforeAll(async () => {
  installation = await startFixture();
  issuer = issuerOf(installation, shop);
});
afterAll(() => installation.stop());

const logoutUrl = (parameters: Record<string, string>) => `${installation.urls.auth}/logout?${new URLSearchParams(parameters)}`;
const isLoggedIn = async (session: WebSession, at = issuer) => {
  const visit = await goOn(session, await session.get(authorizeUrl(at, shop, { scope: 'openid', prompt: 'none' })));
  return !(visit.location ?? '').includes('login_required');
};
const asks = (visit: Visit) => visit.status === 200 && visit.body.includes('Log out?');
const formAction = (visit: Visit) => /form-action ([^;]*)/.exec(visit.headers.get('content-security-policy') ?? '')?.[1];

async function loggedIn(at = issuer, session = new WebSession()) {
  const { body } = await logInByOpenId(at, shop, {}, { session });
  return { session, idToken: body.id_token as string };
}

describe('oidcc-rp-initiated-logout-certification-test-plan (RP-Initiated Logout §2, §3)', () => {
  const target = shop.redirectUri;
  /** As long as the suite's, and with what an encoder could spoil. */
  const STATE = `${'0123456789abcdef'.repeat(8)} a b&c=%20+/`;

  test('oidcc-rp-initiated-logout-discovery-endpoint-verification', async () => {
    const document = (await (await fetch(`${issuer}/.well-known/openid-configuration`)).json()) as Record<string, string>;
    expect(document.end_session_endpoint).toBe(`${installation.urls.auth}/logout`);
  });

  test('oidcc-rp-initiated-logout: no question, back to the client, with its state', async () => {
    const { session, idToken } = await loggedIn();
    expect(await isLoggedIn(session)).toBe(true);
    const visit = await session.get(logoutUrl({ id_token_hint: idToken, post_logout_redirect_uri: target, state: STATE }));
    expect([visit.status, visit.location]).toEqual([303, `${target}?state=${encodeURIComponent(STATE)}`]);
    expect(await isLoggedIn(session)).toBe(false);
  });

  test.each([
    ['bad-post-logout-redirect-uri', 'https://evil.example/'],
    ['bad-post-logout-redirect-uri', `${target}/more`],
    ["bad-post-logout-redirect-uri (another client's)", house.redirectUri],
    ['bad-post-logout-redirect-uri', 'javascript:alert(1)'],
    ['query-added-to-post-logout-redirect-uri', `${target}?added=1`],
  ])('oidcc-rp-initiated-logout-%s: to %s nobody is sent, and the page says why', async (_, uri) => {
    const { session, idToken } = await loggedIn();
    const visit = await session.get(logoutUrl({ id_token_hint: idToken, post_logout_redirect_uri: uri, state: STATE }));
    expect([visit.status, visit.location]).toEqual([200, null]);
    expect(visit.body).toContain('(post_logout_redirect_uri) is not registered');
    expect(await isLoggedIn(session)).toBe(false);
  });

  test('oidcc-rp-initiated-logout-modified-id-token-hint: an error page; nobody is logged out or sent anywhere', async () => {
    const { session, idToken } = await loggedIn();
    const [head, payload, signature] = idToken.split('.') as [string, string, string];
    const part = (content: object) => Buffer.from(JSON.stringify(content)).toString('base64url');
    const other = part({ ...decodeJwt(idToken), aud: house.id });
    for (const hint of [`${part({ alg: 'none' })}.${payload}.`, `${head}.${other}.${signature}`, idToken.slice(0, -6)]) {
      const visit = await session.get(logoutUrl({ id_token_hint: hint, post_logout_redirect_uri: target, state: STATE }));
      expect([visit.status, visit.location]).toEqual([400, null]);
    }
    expect(await isLoggedIn(session)).toBe(true);
  });

  test('oidcc-rp-initiated-logout-bad-id-token-hint: one of another signer: an error page', async () => {
    const { session, idToken } = await loggedIn();
    const { privateKey } = await generateKeyPair('RS256');
    const forged = await new SignJWT(decodeJwt(idToken) as JWTPayload).setProtectedHeader({ alg: 'RS256', kid: 'x' }).sign(privateKey);
    for (const hint of [forged, 'junk']) {
      const visit = await session.get(logoutUrl({ id_token_hint: hint, post_logout_redirect_uri: target }));
      expect([visit.status, visit.location]).toEqual([400, null]);
    }
    expect(await isLoggedIn(session)).toBe(true);
  });

  test.each<[string, Record<string, string>, string | null]>([
    ['no-id-token-hint', { post_logout_redirect_uri: target }, null],
    ['no-id-token-hint (with client_id)', { post_logout_redirect_uri: target, client_id: shop.id }, target],
    ['no-params', {}, null],
  ])('oidcc-rp-initiated-logout-%s: the person is asked, and stays logged in until they answer', async (_, parameters, location) => {
    const { session } = await loggedIn();
    const page = await session.get(logoutUrl(parameters));
    expect([asks(page), await isLoggedIn(session)]).toEqual([true, true]);
    expect((await session.submit(page, {})).location).toBe(location);
    expect(await isLoggedIn(session)).toBe(false);
  });

  test.each<[string, Record<string, string>]>([
    ['no-post-logout-redirect-uri', {}],
    ['only-state', { state: STATE }],
  ])('oidcc-rp-initiated-logout-%s: logged out, and a page says so', async (_, more) => {
    const { session, idToken } = await loggedIn();
    const visit = await session.get(logoutUrl({ id_token_hint: idToken, ...more }));
    expect([visit.status, visit.location, visit.body.includes('You are logged out')]).toEqual([200, null, true]);
    expect(await isLoggedIn(session)).toBe(false);
  });

  test('oidcc-rp-initiated-logout-no-state: no state comes back', async () => {
    const { session, idToken } = await loggedIn();
    expect((await session.get(logoutUrl({ id_token_hint: idToken, post_logout_redirect_uri: target }))).location).toBe(target);
    expect(await isLoggedIn(session)).toBe(false);
  });
});

describe('RP-Initiated Logout §2, §3: beyond the plan', () => {
  test('by POST, which an endpoint of this kind must take', async () => {
    const { session, idToken } = await loggedIn();
    const form = { id_token_hint: idToken, post_logout_redirect_uri: shop.redirectUri, client_id: shop.id };
    const visit = await session.follow(await session.post(`${installation.urls.auth}/logout`, form), installation.urls.auth);
    expect([visit.status, visit.location]).toEqual([303, shop.redirectUri]);
    expect(await isLoggedIn(session)).toBe(false);
  });

  test('a hint of another client than client_id is refused', async () => {
    const { session, idToken } = await loggedIn();
    const parameters = { id_token_hint: idToken, client_id: house.id, post_logout_redirect_uri: house.redirectUri };
    const visit = await session.get(logoutUrl(parameters));
    expect([visit.status, visit.location, await isLoggedIn(session)]).toEqual([400, null, true]);
  });

  test("someone else's hint: the person is asked", async () => {
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

  test('a hint ends the login that it speaks for; one by another auth method goes on, and the page says so', async () => {
    const staff = issuerOf(installation, shop, 'staff');
    const { session, idToken } = await loggedIn();
    await logInByOpenId(staff, shop, {}, { session, person: BOB });
    const visit = await session.get(logoutUrl({ id_token_hint: idToken }));
    expect(visit.body).toContain('still logged in by: Staff');
    expect([await isLoggedIn(session), await isLoggedIn(session, staff)]).toEqual([false, true]);
    const everywhere = await session.submit(await session.get(logoutUrl({})), {});
    expect(everywhere.body).toContain('Goodbye');
    expect(await isLoggedIn(session, staff)).toBe(false);
  });

  test('14, CSP3 §6.4.1: the form of the question may lead to where it ends, and nowhere else', async () => {
    const { session } = await loggedIn();
    const of = async (parameters: Record<string, string>) => formAction(await session.get(logoutUrl(parameters)));
    expect(await of({})).toBe("'self'");
    expect(await of({ client_id: shop.id, post_logout_redirect_uri: 'evil:/' })).toBe("'self'");
    expect(await of({ client_id: shop.id, post_logout_redirect_uri: shop.redirectUri })).toBe("'self' https:");
    expect(await of({ client_id: pocket.id, post_logout_redirect_uri: pocket.redirectUri })).toBe("'self' com.example.pocket:");
    expect(await of({ client_id: pocket.id, post_logout_redirect_uri: 'http://127.0.0.1:1234/cb' })).toBe("'self' https: http:");
  });

  test('14: so may those of login and consent', async () => {
    const session = new WebSession();
    const url = authorizeUrl(issuer, pocket, { ...newProofKey().challenge });
    expect(formAction(await goOn(session, await session.get(url)))).toBe("'self' com.example.pocket:");
  });
});
