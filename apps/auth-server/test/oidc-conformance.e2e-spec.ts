/**
 * The OpenID conformance suite's OP basic and config plans, re-stated: one test per module, under the module's name and with the
 * clause that it rests on. Each goes through `checkedLogin`, which checks what every module of the suite does. The plan for
 * RP-initiated logout is in oidc-logout.e2e-spec.ts; clauses beyond the plans are in oidc-basic.e2e-spec.ts.
 */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { decodeProtectedHeader } from 'jose';
import { startInstallation, type TestInstallation } from '../../../test/harness/installation.js';
import { type Visit, WebSession } from '../../../test/harness/web-session.js';
import { ADA, authorizeUrl, CLIENTS, goOn, issuerOf, newProofKey, refresh, returned } from './flow-driver.js';
import { checkedLogin, redeem } from './oidc-checked-login.js';
import { bearer, readIdToken, userinfo } from './oidc-driver.js';

const { shop, house } = CLIENTS;
/** What a person tells of themselves, by the names of the claims (Core §5.1) that the scope `profile` asks for. */
const PROFILE = {
  ...{ name: 'Ada King', given_name: 'Ada', family_name: 'King', middle_name: 'Augusta', nickname: 'Countess', preferred_username: 'ada' },
  ...{ profile: 'https://ada.example/', picture: 'https://ada.example/a.png', website: 'https://ada.example/', gender: 'female' },
  ...{ birthdate: '1815-12-10', zoneinfo: 'Europe/London', locale: 'en-GB' },
};
const TOLD = { ...PROFILE, phone_number: '+44 20 7946 0000', address: '12 St James Square, London' };
const PHONE = { phone_number: TOLD.phone_number };
const ADDRESS = { address: { formatted: TOLD.address } };
const EMAIL = { email: ADA.email, email_verified: true };

let installation: TestInstallation;
let issuer: string;

beforeAll(async () => {
  const properties = Object.keys(TOLD).map((claim) => `  - { id: ${claim}, oidcClaim: ${claim} }\n`);
  installation = await startInstallation({
    config: join(import.meta.dirname, 'config'),
    files: {
      'pools/people.yaml': `name: People\nproperties:\n${properties.join('')}`,
      'apis/orders/api.yaml': `name: Orders
auth: oauth2
authMethods: [local, staff]
plans: [basic]
registrationPool: people
oauth2: { scopes: { read: Read your orders, write: Place orders, admin: Cancel orders } }
upstream: { url: "http://127.0.0.1:8090/orders" }
routes: [{ paths: [/orders/v1] }]
`,
    },
  });
  issuer = issuerOf(installation, shop);
  await installation.sql(
    `INSERT INTO registration (user_id, pool_id, namespace, properties)
     SELECT id, 'people', '', '${JSON.stringify(TOLD)}' FROM user_account WHERE email = '${ADA.email}'`,
  );
});
afterAll(() => installation?.stop());

const login = (changes: Record<string, string | undefined> = {}, wishes: Parameters<typeof checkedLogin>[3] = {}) =>
  checkedLogin(issuer, shop, changes, wishes);
/** Makes the logins of everybody older, as time would. */
const age = (seconds: number) =>
  installation.sql(`UPDATE user_session SET authenticated_at = authenticated_at - make_interval(secs => ${seconds})`);
const begin = async (session: WebSession, changes: Record<string, string>): Promise<Visit> =>
  goOn(session, await session.get(authorizeUrl(issuer, shop, { scope: 'openid', ...changes })));

describe('oidcc-config-certification-test-plan', () => {
  test('oidcc-discovery-endpoint-verification (Discovery §3, §4, §7.2)', async () => {
    const answer = await fetch(`${issuer}/.well-known/openid-configuration`);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, expect.stringMatching(/^application\/json/)]);
    const document = (await answer.json()) as Record<string, string & string[] & boolean>;
    expect(document).toMatchObject({
      issuer,
      claims_parameter_supported: false,
      request_parameter_supported: false,
      request_uri_parameter_supported: false,
      response_types_supported: expect.arrayContaining(['code']),
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: expect.arrayContaining(['RS256']),
      scopes_supported: expect.arrayContaining(['openid', 'profile', 'email', 'address', 'phone']),
      claims_supported: expect.arrayContaining(['sub', 'email', ...Object.keys(TOLD)]),
      grant_types_supported: expect.arrayContaining(['authorization_code', 'refresh_token']),
      token_endpoint_auth_methods_supported: expect.arrayContaining(['client_secret_basic', 'client_secret_post']),
      code_challenge_methods_supported: ['S256'],
    });
    expect(document.id_token_signing_alg_values_supported).not.toContain('none');
    for (const locale of document.ui_locales_supported ?? []) expect(new Intl.Locale(locale).toString()).toBe(locale);
    // That each is https where the public URL is, public-url.e2e-spec.ts shows.
    const urls = Object.entries(document).filter(([name]) => /_(endpoint|uri)$/.test(name));
    expect(urls.map(([name]) => name).sort()).toEqual([
      ...['authorization_endpoint', 'end_session_endpoint', 'introspection_endpoint', 'jwks_uri', 'revocation_endpoint'],
      ...['token_endpoint', 'userinfo_endpoint'],
    ]);
    for (const [, url] of urls) expect(String(url).startsWith(`${installation.urls.auth}/`)).toBe(true);

    const { keys } = (await (await fetch(String(document.jwks_uri))).json()) as { keys: Record<string, string>[] };
    expect(keys.filter(({ kty, use, alg }) => kty === 'RSA' && use === 'sig' && alg === 'RS256').length).toBeGreaterThan(0);
    expect(new Set(keys.map(({ kid }) => kid)).size).toBe(keys.length);
    for (const key of keys) expect(Object.keys(key)).not.toContain('d');
  });
});

describe('oidcc-basic-certification-test-plan', () => {
  test('oidcc-server (Core §3.1, §5.3)', async () => {
    const { userinfo, claims } = await login();
    expect(userinfo).toEqual({ sub: claims.sub });
  });

  test('oidcc-response-type-missing (RFC 6749 §3.1.1)', async () => {
    const back = returned(await new WebSession().get(authorizeUrl(issuer, shop, { scope: 'openid', response_type: undefined })));
    expect(back).toMatchObject({ error: 'invalid_request', state: 'st', iss: issuer });
  });

  test('oidcc-idtoken-signature (Core §2, §10.1)', async () => {
    const { tokens } = await login();
    const { kid } = decodeProtectedHeader(tokens.id_token);
    const { keys } = (await (await fetch(`${issuer}/jwks`)).json()) as { keys: { kid: string }[] };
    expect(keys.filter((key) => key.kid === kid)).toHaveLength(1);
    const [head, payload] = tokens.id_token.split('.');
    await expect(readIdToken(issuer, shop, `${head}.${payload}.${'A'.repeat(342)}`)).rejects.toThrow('signature');
  });

  test('oidcc-userinfo-get (Core §5.3.1)', async () => {
    const { tokens, claims } = await login({ scope: 'openid email' });
    const { status, body } = await userinfo(issuer, bearer(tokens.access_token));
    expect([status, body]).toEqual([200, { sub: claims.sub, ...EMAIL }]);
  });

  test('oidcc-userinfo-post-header (Core §5.3.1)', async () => {
    const { tokens, userinfo: expected } = await login({ scope: 'openid email' });
    const { status, body } = await userinfo(issuer, { method: 'POST', ...bearer(tokens.access_token) });
    expect([status, body]).toEqual([200, expected]);
  });

  test('oidcc-userinfo-post-body (Core §5.3.1, RFC 6750 §2.2)', async () => {
    const { tokens, userinfo: expected } = await login({ scope: 'openid email' });
    const form = new URLSearchParams({ access_token: tokens.access_token });
    const { status, body } = await userinfo(issuer, { method: 'POST', body: form });
    expect([status, body]).toEqual([200, expected]);
  });

  test('oidcc-ensure-request-without-nonce-succeeds-for-code-flow (Core §3.1.2.1)', async () => {
    expect((await login({ nonce: undefined })).claims.nonce).toBeUndefined();
  });

  test.each<[string, string, Record<string, unknown>]>([
    ['oidcc-scope-profile', 'openid profile', PROFILE],
    ['oidcc-scope-email', 'openid email', EMAIL],
    ['oidcc-scope-address', 'openid address', ADDRESS],
    ['oidcc-scope-phone', 'openid phone', PHONE],
    ['oidcc-scope-all', 'openid profile email address phone', { ...PROFILE, ...EMAIL, ...ADDRESS, ...PHONE }],
    ['oidcc-ensure-other-scope-order-succeeds', 'email openid', EMAIL],
  ])('%s (Core §5.1, §5.4)', async (_, scope, expected) => {
    const { userinfo, claims, tokens } = await login({ scope });
    expect(userinfo).toEqual({ sub: claims.sub, ...expected });
    expect(claims).toMatchObject(expected);
    expect(tokens.scope.split(' ').sort()).toEqual(scope.split(' ').sort());
  });

  test.each([
    ['oidcc-display-page', { display: 'page' }],
    ['oidcc-display-popup', { display: 'popup' }],
    ['oidcc-ensure-request-with-unknown-parameter-succeeds', { extra: 'foobar' }],
    ['oidcc-login-hint', { login_hint: 'buffy@suite.example' }],
    ['oidcc-claims-locales', { claims_locales: 'se' }],
    ['oidcc-ensure-request-with-acr-values-succeeds', { acr_values: '1 2' }],
  ] as [string, Record<string, string>][])('%s (Core §3.1.2.1): %j does no harm', async (_, parameter) => {
    const { claims } = await login(parameter);
    expect(claims.acr).toBeUndefined();
  });

  test('oidcc-ui-locales (Core §3.1.2.1)', async () => {
    expect((await begin(new WebSession(), { ui_locales: 'de' })).body).toContain('<html lang="de"');
    await login({ ui_locales: 'se' });
  });

  test('oidcc-prompt-login (Core §3.1.2.1)', async () => {
    const session = new WebSession();
    const first = await login({}, { session });
    await age(60);
    expect((await begin(session, { prompt: 'login' })).body).toContain('name="password"');
    const second = await login({ prompt: 'login' }, { session });
    expect(second.claims.sub).toBe(first.claims.sub);
    expect(second.claims.auth_time as number).toBeGreaterThan((first.claims.auth_time as number) - 60);
  });

  test('oidcc-prompt-none-not-logged-in (Core §3.1.2.6)', async () => {
    const visit = await new WebSession().get(authorizeUrl(issuer, shop, { scope: 'openid', prompt: 'none' }));
    expect(returned(visit)).toMatchObject({ error: 'login_required', state: 'st', iss: issuer });
  });

  test('oidcc-prompt-none-logged-in (Core §3.1.2.1)', async () => {
    const session = new WebSession();
    const first = await login({}, { session });
    const second = await login({ prompt: 'none' }, { session });
    expect([second.claims.sub, second.claims.auth_time]).toEqual([first.claims.sub, first.claims.auth_time]);
  });

  test('oidcc-max-age-1 (Core §2, §3.1.2.1)', async () => {
    const session = new WebSession();
    const first = await login({}, { session });
    await age(60);
    expect(returned(await begin(session, { max_age: '1', prompt: 'none' })).error).toBe('login_required');
    expect((await begin(session, { max_age: '1' })).body).toContain('name="password"');
    const second = await login({ max_age: '1' }, { session });
    expect(second.claims.sub).toBe(first.claims.sub);
    expect(second.claims.auth_time as number).toBeGreaterThan((first.claims.auth_time as number) - 60);
  });

  test('oidcc-max-age-10000 (Core §3.1.2.1)', async () => {
    const session = new WebSession();
    const first = await login({}, { session });
    const second = await login({ max_age: '10000', prompt: 'none' }, { session });
    expect(second.claims.auth_time).toBe(first.claims.auth_time);
  });

  test('oidcc-id-token-hint (Core §3.1.2.1)', async () => {
    const session = new WebSession();
    const first = await login({}, { session });
    const second = await login({ prompt: 'none', id_token_hint: first.tokens.id_token }, { session });
    expect(second.claims.sub).toBe(first.claims.sub);
  });

  test('oidcc-codereuse (Core §3.1.3.2, RFC 6749 §5.2)', async () => {
    const { code } = await login();
    const again = await redeem(issuer, shop, { code });
    expect([again.status, again.headers.get('content-type')]).toEqual([400, expect.stringContaining('application/json')]);
    expect(again.body).toEqual({ error: 'invalid_grant', error_description: expect.stringMatching(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/) });
  });

  test('oidcc-codereuse-30seconds (RFC 6749 §4.1.2): what the first use gave ends', async () => {
    const { code, tokens } = await login();
    await installation.sql(
      `UPDATE authorization_code SET created_at = created_at - interval '31 s', expires_at = expires_at - interval '31 s',
       consumed_at = consumed_at - interval '31 s' WHERE consumed_at IS NOT NULL`,
    );
    const again = await redeem(issuer, shop, { code });
    expect([again.status, again.body.error]).toEqual([400, 'invalid_grant']);
    expect((await userinfo(issuer, bearer(tokens.access_token))).status).toBe(401);
    expect((await refresh(issuer, shop, tokens.refresh_token)).body.error).toBe('invalid_grant');
  });

  test('oidcc-ensure-registered-redirect-uri (Core §3.1.2.1)', async () => {
    const visit = await new WebSession().get(
      authorizeUrl(issuer, shop, { scope: 'openid', redirect_uri: 'https://shop.example/cb/other' }),
    );
    expect([visit.status, visit.location]).toEqual([400, null]);
    expect(visit.body).toContain('redirect_uri');
  });

  test('oidcc-ensure-post-request-succeeds (Core §3.1.2.1)', async () => {
    await login({}, { begin: (session, parameters) => session.post(`${issuer}/authorize`, Object.fromEntries(parameters)) });
  });

  test('oidcc-server-client-secret-post (Core §9)', async () => {
    await login({}, { authentication: 'post' });
  });

  test.each([
    ['oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported', 'request_uri', 'request_uri_not_supported'],
    ['oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported', 'request', 'request_not_supported'],
    ['oidcc-ensure-request-object-with-redirect-uri', 'request', 'request_not_supported'],
  ])('%s (Core §6, §3.1.2.6): refused, to the redirect URI of the query', async (_, name, error) => {
    const unsigned = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
    const object = `${unsigned({ alg: 'none' })}.${unsigned({ ...shop, redirect_uri: 'https://evil.example/', state: 'other' })}.`;
    const value = name === 'request' ? object : 'https://shop.example/request.jwt';
    const visit = await new WebSession().get(authorizeUrl(issuer, shop, { scope: 'openid', [name]: value }));
    expect(visit.location?.startsWith(`${shop.redirectUri}?`)).toBe(true);
    expect(returned(visit)).toMatchObject({ error, state: 'st', iss: issuer });
  });

  test('oidcc-claims-essential (Core §5.5): ignored, as the metadata say', async () => {
    const { userinfo } = await login({ claims: '{"userinfo":{"name":{"essential":true}}}' });
    expect(userinfo.name).toBeUndefined();
  });

  test('oidcc-refresh-token (Core §12, RFC 6749 §6)', async () => {
    const { tokens, claims } = await login();
    const next = await refresh(issuer, shop, tokens.refresh_token);
    expect(next.body.refresh_token).toMatch(/^[\x20-\x7e]+$/);
    const renewed = await readIdToken(issuer, shop, next.body.id_token);
    const { iss, sub, aud, auth_time } = claims;
    expect(renewed).toMatchObject({ iss, sub, aud, auth_time });
    expect(renewed.iat as number).toBeGreaterThanOrEqual(claims.iat as number);
    expect((await userinfo(issuer, bearer(next.body.access_token))).body.sub).toBe(sub);
    const foreign = await checkedLogin(issuer, house);
    const stolen = await refresh(issuer, shop, foreign.tokens.refresh_token);
    expect([stolen.status, stolen.body.error]).toEqual([400, 'invalid_grant']);
  });

  test('oidcc-ensure-request-with-valid-pkce-succeeds (RFC 7636)', async () => {
    const { verifier, challenge } = newProofKey();
    await login({ ...challenge }, { exchange: { code_verifier: verifier } });
  });
});
