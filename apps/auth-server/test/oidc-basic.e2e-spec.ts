import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { type TestInstallation, until } from '../../../test/harness/installation.js';
import { WebSession } from '../../../test/harness/web-session.js';
import {
  ADA,
  authorize,
  authorizeUrl,
  BOB,
  CLIENTS,
  credentials,
  exchange,
  goOn,
  issuerOf,
  logIn,
  obtainCode,
  postToken,
  refresh,
  returned,
  startFixture,
} from './flow-driver.js';
import { bearer, logInByOpenId, readIdToken, userinfo } from './oidc-driver.js';

/** OpenID Connect beyond what the conformance suite's modules ask (oidc-conformance.e2e-spec.ts): the clauses behind them, and abuse. */

let installation: TestInstallation;
let issuer: string;
const { shop, house } = CLIENTS;
const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

beforeAll(async () => {
  installation = await startFixture();
  issuer = issuerOf(installation, shop);
});
afterAll(() => installation.stop());

describe('50, Discovery §3, §4', () => {
  test('both OpenID shapes and RFC 8414 say the same, under the issuer that they were asked by', async () => {
    const path = new URL(issuer).pathname;
    const urls = [
      `${issuer}/.well-known/openid-configuration`,
      `${installation.urls.auth}/.well-known/openid-configuration${path}`,
      `${installation.urls.auth}/.well-known/oauth-authorization-server${path}`,
    ];
    const documents = await Promise.all(urls.map(async (url) => (await fetch(url)).json()));
    expect(documents[1]).toEqual(documents[0]);
    expect(documents[2]).toEqual(documents[0]);
    expect(documents[0]).toMatchObject({
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      userinfo_endpoint: `${issuer}/userinfo`,
      jwks_uri: `${issuer}/jwks`,
      end_session_endpoint: `${installation.urls.auth}/logout`,
      subject_types_supported: ['public'],
      claims_parameter_supported: false,
      request_parameter_supported: false,
      request_uri_parameter_supported: false,
    });
    const document = documents[0] as Record<string, string[]>;
    expect(document.id_token_signing_alg_values_supported).toContain('RS256');
    expect(document.scopes_supported).toEqual(['openid', 'profile', 'email', 'phone', 'address', 'read', 'write', 'admin']);
    expect(document.response_types_supported).toContain('code');
    for (const endpoint of ['authorization_endpoint', 'token_endpoint', 'userinfo_endpoint', 'jwks_uri', 'end_session_endpoint']) {
      expect(String(document[endpoint]).startsWith(installation.urls.auth)).toBe(true);
    }
  });

  test.each(['local/api/nope', 'nope/api/orders', 'off/api/orders', 'local/api/status'])(
    'I: %s has no document and no keys',
    async (pair) => {
      for (const path of ['.well-known/openid-configuration', 'jwks']) {
        expect((await fetch(`${installation.urls.auth}/${pair}/${path}`)).status).toBe(404);
      }
    },
  );

  test('44, RFC 7517: the key set is public: unique ids, no private part; another one is published before it signs', async () => {
    const answer = await fetch(`${issuer}/jwks`);
    expect(answer.headers.get('cache-control')).toBe('public, max-age=300');
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    const { keys } = (await answer.json()) as { keys: Record<string, string>[] };
    expect(keys.map(({ alg, kty, use }) => [alg, kty, use]).sort()).toEqual([
      ['ES256', 'EC', 'sig'],
      ['ES256', 'EC', 'sig'],
      ['RS256', 'RSA', 'sig'],
      ['RS256', 'RSA', 'sig'],
    ]);
    expect(new Set(keys.map((key) => key.kid)).size).toBe(4);
    expect(JSON.stringify(keys)).not.toMatch(/"(d|p|q|dp|dq|qi|k)":/);
  });
});

describe('Core §2, §3.1.3: the id_token', () => {
  test('has what it must have', async () => {
    const before = Math.floor(Date.now() / 1_000);
    const { body, claims } = await logInByOpenId(issuer, shop, { scope: 'openid email', nonce: 'n-0S6_WzA2Mj' });
    const [ada] = await installation.sql(`SELECT id FROM user_account WHERE email = '${ADA.email}'`);
    expect(claims).toMatchObject({
      iss: issuer,
      aud: shop.id,
      sub: ada?.id,
      nonce: 'n-0S6_WzA2Mj',
      email: ADA.email,
      email_verified: true,
    });
    expect(claims.exp).toBe((claims.iat as number) + 3_600);
    expect(claims.iat).toBeGreaterThanOrEqual(before);
    expect(claims.auth_time).toBeGreaterThanOrEqual(before - 1);
    expect(claims.auth_time).toBeLessThanOrEqual(claims.iat as number);
    expect(claims.at_hash).toBe(createHash('sha256').update(body.access_token).digest().subarray(0, 16).toString('base64url'));
    expect(body.scope).toBe('openid email');
    expect(decodeProtectedHeader(body.id_token)).toEqual({ alg: 'RS256', typ: 'JWT', kid: expect.any(String) });
  });

  test('comes for openid alone, and with a nonce only where one was sent', async () => {
    const plain = await exchange(issuer, shop, await obtainCode(issuer, shop, { scope: 'read', nonce: 'unused' }));
    expect(plain.body.id_token).toBeUndefined();
    const { claims } = await logInByOpenId(issuer, shop);
    expect([claims.nonce, claims.email]).toEqual([undefined, undefined]);
  });

  test('§12.2: a refresh gives one for the same person, login and client, without nonce; narrowed scopes without openid give none', async () => {
    const first = await logInByOpenId(issuer, shop, { scope: 'openid read', nonce: 'once' });
    await pause(1_100);
    const { body } = await refresh(issuer, shop, first.body.refresh_token);
    const claims = await readIdToken(issuer, shop, body.id_token);
    const { iss, sub, aud, auth_time } = first.claims;
    expect(claims).toMatchObject({ iss, sub, aud, auth_time });
    expect(claims.iat).toBeGreaterThan(first.claims.iat as number);
    expect(claims.nonce).toBeUndefined();
    const narrowed = await refresh(issuer, shop, body.refresh_token, { scope: 'read' });
    expect([narrowed.status, narrowed.body.id_token]).toEqual([200, undefined]);
  });

  test('§3.1.2.1: scopes of identity need no declaration, are named on the consent page, and hang on no subscription', async () => {
    const page = await logIn(...(await loginPage({ scope: 'openid profile email read' })), ADA);
    for (const text of ['Know who you are', 'See your profile', 'See your e-mail address', 'Read your orders']) {
      expect(page.body).toContain(text);
    }
    const mute = await logInByOpenId(issuer, CLIENTS.mute, { scope: 'openid read' });
    expect(mute.body.scope).toBe('openid');
    const trusted = await exchange(issuer, house, await obtainCode(issuer, house));
    expect(trusted.body.scope).toBe('read write admin');
    const offline = await logInByOpenId(issuer, shop, { scope: 'openid offline_access' });
    expect(offline.body.scope).toBe('openid');
    const email = returned(await authorize(new WebSession(), authorizeUrl(issuer, shop, { scope: 'email' })));
    expect(email.error).toBe('invalid_scope');
  });

  test('34: a client has no identity to tell: openid without a person is refused', async () => {
    const answer = await postToken(issuer, { grant_type: 'client_credentials', scope: 'openid', ...credentials(shop) });
    expect([answer.status, answer.body.error]).toEqual([400, 'invalid_scope']);
  });
});

describe('Core §5.3: userinfo', () => {
  test('by GET, by POST with header, by POST with body, and at /profile: the claims of the scopes', async () => {
    const { body, claims } = await logInByOpenId(issuer, shop, { scope: 'openid email' });
    const token = body.access_token as string;
    const expected = { sub: claims.sub, email: ADA.email, email_verified: true };
    const form = { method: 'POST', body: new URLSearchParams({ access_token: token }) };
    for (const answer of [
      await userinfo(issuer, bearer(token)),
      await userinfo(issuer, { method: 'POST', ...bearer(token) }),
      await userinfo(issuer, form),
      await userinfo(issuer, bearer(token), 'profile'),
    ]) {
      expect([answer.status, answer.body]).toEqual([200, expected]);
      expect(answer.headers.get('content-type')).toContain('application/json');
      expect(answer.headers.get('cache-control')).toBe('no-store');
    }
    const openid = await logInByOpenId(issuer, shop);
    expect((await userinfo(issuer, bearer(openid.body.access_token))).body).toEqual({ sub: claims.sub });
  });

  test('58, RFC 6750 §3.1: without a token a bare challenge', async () => {
    const answer = await userinfo(issuer);
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, `Bearer realm="${issuer}"`]);
  });

  test('59: unknown, malformed, foreign and revoked tokens: invalid_token', async () => {
    const staff = issuerOf(installation, shop, 'staff');
    const { body } = await logInByOpenId(issuer, shop);
    const attempts = [
      await userinfo(issuer, bearer('junk')),
      await userinfo(issuer, bearer(body.refresh_token)),
      await userinfo(issuer, bearer(body.id_token)),
      await userinfo(staff, bearer(body.access_token)),
      await userinfo(issuerOf(installation, CLIENTS.shopReports), bearer(body.access_token)),
    ];
    const code = await obtainCode(issuer, shop, { scope: 'openid' });
    const used = await exchange(issuer, shop, code);
    expect((await userinfo(issuer, bearer(used.body.access_token))).status).toBe(200);
    // 26: a code used twice takes its tokens with it.
    await exchange(issuer, shop, code);
    attempts.push(await userinfo(issuer, bearer(used.body.access_token)));
    for (const { status, headers } of attempts) {
      expect(status).toBe(401);
      expect(headers.get('www-authenticate')).toContain('error="invalid_token"');
    }
  });

  test("60: a token without openid, and a client's own: insufficient_scope", async () => {
    const plain = await exchange(issuer, shop, await obtainCode(issuer, shop, { scope: 'read' }));
    const own = await postToken(issuer, { grant_type: 'client_credentials', ...credentials(shop) });
    for (const { access_token } of [plain.body, own.body]) {
      const { status, headers } = await userinfo(issuer, bearer(access_token));
      expect([status, headers.get('www-authenticate')]).toEqual([403, expect.stringMatching(/error="insufficient_scope".*scope="openid"/)]);
    }
  });

  test('57: a token from two places or in the URL', async () => {
    const { body } = await logInByOpenId(issuer, shop);
    const token = body.access_token as string;
    const both = await userinfo(issuer, { method: 'POST', body: new URLSearchParams({ access_token: token }), ...bearer(token) });
    expect([both.status, both.body.error]).toEqual([400, 'invalid_request']);
    expect((await userinfo(issuer, {}, `userinfo?access_token=${token}`)).status).toBe(401);
    expect((await fetch(`${issuer}/userinfo`, { method: 'DELETE' })).status).toBe(405);
    const preflight = await fetch(`${issuer}/userinfo`, { method: 'OPTIONS' });
    expect([preflight.status, preflight.headers.get('access-control-allow-methods')]).toEqual([204, 'GET, POST']);
  });
});

describe('13, Core §3.1.2.1: what a client may wish of the login', () => {
  test('id_token_hint: that person and no other', async () => {
    const session = new WebSession();
    const { body, claims } = await logInByOpenId(issuer, shop, {}, { session });
    const hinted = await logInByOpenId(issuer, shop, { prompt: 'none', id_token_hint: body.id_token }, { session });
    expect(hinted.claims.sub).toBe(claims.sub);

    const bob = new WebSession();
    await logInByOpenId(issuer, shop, {}, { session: bob, person: BOB });
    const silent = authorizeUrl(issuer, shop, { scope: 'openid', prompt: 'none', id_token_hint: body.id_token });
    expect(returned(await goOn(bob, await bob.get(silent))).error).toBe('login_required');
    // Bob may not stand in for Ada by logging in again either.
    const asked = await goOn(bob, await bob.get(authorizeUrl(issuer, shop, { scope: 'openid', id_token_hint: body.id_token })));
    expect(asked.body).toContain('name="password"');
    expect(returned(await logIn(bob, asked, BOB)).error).toBe('login_required');
  });

  test('id_token_hint: nothing but an id_token that we gave this client', async () => {
    const { body } = await logInByOpenId(issuer, shop);
    const other = await logInByOpenId(issuer, house);
    const [head, payload, signature] = (body.id_token as string).split('.') as [string, string, string];
    const changed = Buffer.from(JSON.stringify({ ...decodeJwt(body.id_token), sub: 'someone-else' })).toString('base64url');
    const unsigned = Buffer.from('{"alg":"none"}').toString('base64url');
    for (const hint of ['junk', `${head}.${changed}.${signature}`, `${unsigned}.${payload}.`, other.body.id_token, body.access_token]) {
      const url = authorizeUrl(issuer, shop, { scope: 'openid', id_token_hint: hint });
      expect(returned(await new WebSession().get(url))).toMatchObject({ error: 'invalid_request', state: 'st' });
    }
  });

  test.each([
    ['request', 'eyJhbGciOiJub25lIn0.e30.', 'request_not_supported'],
    ['request_uri', 'https://shop.example/request.jwt', 'request_uri_not_supported'],
    ['registration', '{}', 'registration_not_supported'],
    ['max_age', 'soon', 'invalid_request'],
    ['max_age', '-1', 'invalid_request'],
    ['nonce', 'n'.repeat(513), 'invalid_request'],
    ['prompt', 'none login', 'invalid_request'],
  ])('Core §3.1.2.6: %s=%j: %s', async (name, value, error) => {
    const url = authorizeUrl(issuer, shop, { scope: 'openid', [name]: value });
    expect(returned(await new WebSession().get(url))).toMatchObject({ error, state: 'st', iss: issuer });
  });
});

test('64: a person who is blocked has no userinfo', async () => {
  const { body } = await logInByOpenId(issuer, shop, {}, { person: BOB });
  await installation.sql(`UPDATE user_account SET blocked = true WHERE email = '${BOB.email}'`);
  await until(async () => (await userinfo(issuer, bearer(body.access_token))).status === 401, 'userinfo of a blocked person');
});

async function loginPage(changes: Record<string, string>): Promise<[WebSession, Awaited<ReturnType<WebSession['get']>>]> {
  const session = new WebSession();
  return [session, await goOn(session, await session.get(authorizeUrl(issuer, shop, changes)))];
}
