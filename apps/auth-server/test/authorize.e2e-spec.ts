import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { TestInstallation } from '../../../test/harness/installation.js';
import { WebSession } from '../../../test/harness/web-session.js';
import {
  ADA,
  authorize,
  authorizeUrl,
  CLIENTS,
  credentials,
  issuerOf,
  logIn,
  newProofKey,
  postToken,
  returned,
  startFixture,
} from './flow-driver.js';

let installation: TestInstallation;
let issuer: string;

beforeAll(async () => {
  installation = await startFixture();
  issuer = issuerOf(installation, CLIENTS.shop);
});
afterAll(() => installation.stop());

const visit = (url: string) => new WebSession().get(url);

describe('A, C: the code flow', () => {
  test('A, C, 7: success is a 302 to redirect_uri with code, state and iss, not to be stored', async () => {
    const url = `${issuer}/authorize?client_id=shop-orders&redirect_uri=https://shop.example/cb&response_type=code&scope=read%20write`;
    const back = await authorize(new WebSession(), url);
    expect(back.status).toBe(302);
    expect(back.location).toMatch(/^https:\/\/shop\.example\/cb\?code=gh_ac_[\w-]+&iss=/);
    expect(returned(back)).toEqual({ code: expect.any(String), iss: issuer });
    expect(back.headers.get('cache-control')).toBe('no-store');
    expect(back.headers.get('referrer-policy')).toBe('no-referrer');
  });

  test.each(['a b+c&d=e%2F', 'äöü€😀', '%20', '{"x":"<y>"}', 'x'.repeat(3000)])(
    '6: state %s comes back byte for byte, encoded once',
    async (state) => {
      const url = authorizeUrl(issuer, CLIENTS.shop, { state, response_type: 'bad' });
      const { location } = await visit(url);
      expect(location?.split('&state=')[1]?.split('&')[0]).toBe(encodeURIComponent(state));
    },
  );

  test('6: a query of the registered redirect URI is kept', async () => {
    const back = await visit(
      authorizeUrl(issuer, CLIENTS.shop, { redirect_uri: 'https://shop.example/cb?tenant=1', response_type: 'bad' }),
    );
    expect(back.location).toContain('https://shop.example/cb?tenant=1&error=unsupported_response_type&');
  });

  test('A (6749 §3.1): POST works as GET does, also when it comes without cookies', async () => {
    const session = new WebSession();
    const fields = { client_id: 'shop-orders', redirect_uri: CLIENTS.shop.redirectUri, response_type: 'code', state: 'a+b ü' };
    const first = await session.post(`${issuer}/authorize`, fields);
    expect(first.status).toBe(303);
    const page = await session.follow(first, installation.urls.auth);
    expect(page.body).toContain('name="password"');
    const again = await session.follow(await session.post(`${issuer}/authorize`, fields), installation.urls.auth);
    expect(again.body).toContain('name="password"');
    expect((await logIn(session, again, ADA)).status).toBeLessThan(400);
  });

  test('A: any other method is refused', async () => {
    const response = await fetch(authorizeUrl(issuer, CLIENTS.shop), { method: 'PUT', redirect: 'manual' });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD, POST']);
  });

  test('a redirect URI with letters beyond ASCII is served', async () => {
    await installation.sql(`UPDATE application SET redirect_uris = redirect_uris || '{https://shop.example/zurück}' WHERE id = 'shop'`);
    const back = await visit(authorizeUrl(issuer, CLIENTS.shop, { redirect_uri: 'https://shop.example/zurück', prompt: 'none' }));
    expect(back.location?.startsWith('https://shop.example/zur%C3%BCck?error=login_required&')).toBe(true);
  });

  test('A: POST with another content type is refused', async () => {
    const response = await fetch(`${issuer}/authorize`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' });
    expect(response.status).toBe(415);
  });
});

describe('1, 4: faults of client and redirect URI are shown, never redirected', () => {
  test.each<[string, Record<string, string | undefined>]>([
    ['no client_id', { client_id: undefined }],
    ['an empty client_id', { client_id: '' }],
    ['an unknown client_id', { client_id: 'nobody' }],
    ['a client of another API', { client_id: 'shop-reports' }],
    ['4: no redirect_uri', { redirect_uri: undefined }],
    ['an empty redirect_uri', { redirect_uri: '' }],
    ['another host', { redirect_uri: 'https://evil.example/cb' }],
    ['2: another path', { redirect_uri: 'https://shop.example/cb/' }],
    ['2: a longer path', { redirect_uri: 'https://shop.example/cb/../x' }],
    ['2: more query', { redirect_uri: 'https://shop.example/cb?x=1' }],
    ['3: a fragment', { redirect_uri: 'https://shop.example/cb#x' }],
    ['2: another case', { redirect_uri: 'https://SHOP.example/cb' }],
    ['2: http for https', { redirect_uri: 'http://shop.example/cb' }],
    ['3: a script', { redirect_uri: 'javascript:alert(1)' }],
    ['2: user information', { redirect_uri: 'https://shop.example@evil.example/cb' }],
  ])('%s', async (_, changes) => {
    const page = await visit(authorizeUrl(issuer, CLIENTS.shop, changes));
    expect(page.status).toBe(400);
    expect(page.location).toBeNull();
    expect(page.headers.get('content-type')).toContain('text/html');
    expect(page.headers.get('cache-control')).toBe('no-store');
    expect(page.body).not.toContain('name="password"');
  });

  test.each(['client_id', 'redirect_uri'])('5: %s twice', async (name) => {
    const page = await visit(`${authorizeUrl(issuer, CLIENTS.shop)}&${name}=x`);
    expect([page.status, page.location]).toEqual([400, null]);
  });

  test('2: a loopback redirect URI stands for any port', async () => {
    const there = await visit(authorizeUrl(issuer, CLIENTS.shop, { redirect_uri: 'http://127.0.0.1:49152/cb' }));
    expect(there.location).toContain('/local/login?request=');
    const other = await visit(authorizeUrl(issuer, CLIENTS.shop, { redirect_uri: 'http://127.0.0.1:49152/cb2' }));
    expect(other.location).toBeNull();
    const name = await visit(authorizeUrl(issuer, CLIENTS.page, { redirect_uri: 'http://localhost:49152/cb' }));
    expect(name.location).toBeNull();
  });
});

describe('I: what is not there never shows a login form', () => {
  test.each(['nope/api/orders', 'local/api/nope', 'staff/api/reports', 'off/api/orders', 'local/api/status', 'LOCAL/api/orders'])(
    '%s/authorize and /token',
    async (path) => {
      const url = `${installation.urls.auth}/${path}`;
      const page = await visit(authorizeUrl(url, CLIENTS.shop));
      expect([page.status, page.location]).toEqual([404, null]);
      expect(page.body).not.toContain('<form');
      const answer = await postToken(url, { grant_type: 'client_credentials' });
      expect([answer.status, answer.body.error]).toEqual([404, 'invalid_request']);
    },
  );

  test('login pages of unknown and disabled methods', async () => {
    for (const path of ['nope/login', 'off/login']) expect((await visit(`${installation.urls.auth}/${path}`)).status).toBe(404);
  });
});

describe('8: other faults go to the client by redirect, with state and iss', () => {
  const challenge = newProofKey().challenge;
  test.each<[string, Record<string, string | undefined>, string]>([
    ['no response_type', { response_type: undefined }, 'invalid_request'],
    ['9: implicit', { response_type: 'token' }, 'unsupported_response_type'],
    ['hybrid', { response_type: 'code token' }, 'unsupported_response_type'],
    ['19: a malformed scope', { scope: 'read  write' }, 'invalid_scope'],
    ['19: an unknown scope', { scope: 'read nope' }, 'invalid_scope'],
    ['10: PKCE by plain', { ...challenge, code_challenge_method: 'plain' }, 'invalid_request'],
    ['10: PKCE without a method', { ...challenge, code_challenge_method: undefined }, 'invalid_request'],
    ['10: a method without a challenge', { code_challenge_method: 'S256' }, 'invalid_request'],
    ['11: a short challenge', { ...challenge, code_challenge: 'abc' }, 'invalid_request'],
    ['13: prompt=none and more', { prompt: 'none login' }, 'invalid_request'],
    ['13: an unknown prompt', { prompt: 'dance' }, 'invalid_request'],
    ['39 (8707 §2): another resource', { resource: 'https://elsewhere.example/' }, 'invalid_target'],
    ['13: prompt=none without a session', { prompt: 'none' }, 'login_required'],
  ])('%s: %s', async (_, changes, error) => {
    const back = await visit(authorizeUrl(issuer, CLIENTS.shop, changes));
    expect(back.status).toBe(302);
    expect(returned(back)).toEqual({ error, error_description: expect.any(String), state: 'st', iss: issuer });
    expect(back.location?.startsWith('https://shop.example/cb?')).toBe(true);
    expect(back.headers.get('cache-control')).toBe('no-store');
  });

  test.each(['response_type=code', 'scope=read', 'prompt=login', 'state=st'])('5: %s twice', async (pair) => {
    const back = await visit(`${authorizeUrl(issuer, CLIENTS.shop, { scope: 'read', prompt: 'login' })}&${pair}`);
    expect(returned(back).error).toBe('invalid_request');
    expect(returned(back).state).toBe(pair.startsWith('state') ? undefined : 'st');
  });

  test('5: an unknown parameter is ignored, also twice; an empty one is omitted', async () => {
    const there = await visit(`${authorizeUrl(issuer, CLIENTS.shop)}&foo=1&foo=2&scope=&code_challenge=`);
    expect(there.location).toContain('/local/login?request=');
  });

  test('6: text that is not UTF-8 is refused, not changed', async () => {
    const back = await visit(`${authorizeUrl(issuer, CLIENTS.shop, { state: undefined })}&state=%FF`);
    expect(returned(back)).toMatchObject({ error: 'invalid_request' });
  });

  test.each(['page', 'pocket'] as const)('10, W4: the public client %s must send a challenge', async (name) => {
    const client = CLIENTS[name];
    const without = await visit(authorizeUrl(issuer, client));
    expect(returned(without).error).toBe('invalid_request');
    const withChallenge = await visit(authorizeUrl(issuer, client, challenge));
    expect(withChallenge.location).toContain('/local/login?request=');
  });

  test('19: a scope where the API demands one', async () => {
    const reports = issuerOf(installation, CLIENTS.shopReports);
    expect(returned(await visit(authorizeUrl(reports, CLIENTS.shopReports))).error).toBe('invalid_scope');
    expect((await visit(authorizeUrl(reports, CLIENTS.shopReports, { scope: 'sales' }))).location).toContain('/login?');
  });

  test('39 (8707 §2): what is relative, has a fragment, or is the resource of another API is none, at both endpoints', async () => {
    const own = `${installation.urls.gateway}/orders/v1`;
    for (const resource of ['/orders/v1', `${own}#x`, `${own}#`, `${installation.urls.gateway}/reports/v1`, `${own}0`, 'x']) {
      expect([resource, returned(await visit(authorizeUrl(issuer, CLIENTS.shop, { resource }))).error]).toEqual([
        resource,
        'invalid_target',
      ]);
      const answer = await postToken(issuer, { grant_type: 'client_credentials', ...credentials(CLIENTS.shop), resource });
      expect([resource, answer.status, answer.body.error]).toEqual([resource, 400, 'invalid_target']);
    }
  });

  test('39 (8707 §2): the API itself as resource will do', async () => {
    const there = await visit(authorizeUrl(issuer, CLIENTS.shop, { resource: `${installation.urls.gateway}/orders/v1` }));
    expect(there.location).toContain('/local/login?request=');
  });

  test('8: a subscription that is not in force', async () => {
    await installation.sql(`UPDATE subscription SET status = 'pending' WHERE client_id = 'reader-orders'`);
    expect(returned(await visit(authorizeUrl(issuer, CLIENTS.reader))).error).toBe('unauthorized_client');
    await installation.sql(`UPDATE subscription SET status = 'approved' WHERE client_id = 'reader-orders'`);
    await installation.sql(`UPDATE application SET blocked = true WHERE id = 'reader'`);
    expect(returned(await visit(authorizeUrl(issuer, CLIENTS.reader))).error).toBe('unauthorized_client');
    await installation.sql(`UPDATE application SET blocked = false WHERE id = 'reader'`);
  });
});

describe('metadata (RFC 8414)', () => {
  const metadataOf = async (path: string) => fetch(`${installation.urls.auth}/.well-known/oauth-authorization-server/${path}`);

  test('7, 51: issuer, S256, iss, and only endpoints that are there', async () => {
    const response = await metadataOf('local/api/orders');
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(await response.json()).toEqual({
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/jwks`,
      userinfo_endpoint: `${issuer}/userinfo`,
      end_session_endpoint: `${installation.urls.auth}/logout`,
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
      claims_supported: ['sub', 'iss', 'aud', 'exp', 'iat', 'auth_time', 'nonce', 'at_hash', 'email', 'email_verified'],
      prompt_values_supported: ['none', 'login', 'consent', 'select_account'],
      claims_parameter_supported: false,
      request_parameter_supported: false,
      request_uri_parameter_supported: false,
      scopes_supported: ['openid', 'profile', 'email', 'phone', 'address', 'read', 'write', 'admin'],
      response_types_supported: ['code'],
      response_modes_supported: ['query'],
      grant_types_supported: ['authorization_code', 'refresh_token', 'client_credentials'],
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'none'],
      revocation_endpoint: `${issuer}/revoke`,
      revocation_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'none'],
      introspection_endpoint: `${issuer}/introspect`,
      introspection_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
      code_challenge_methods_supported: ['S256'],
      authorization_response_iss_parameter_supported: true,
      ui_locales_supported: ['en', 'de'],
    });
  });

  test('the grants are those of the API', async () => {
    expect(await (await metadataOf('local/api/reports')).json()).toMatchObject({ grant_types_supported: ['authorization_code'] });
  });

  test.each(['nope/api/orders', 'local/api/status', 'staff/api/reports'])('%s: 404', async (path) => {
    const response = await metadataOf(path);
    expect([response.status, response.headers.get('content-type')]).toEqual([404, expect.stringContaining('application/problem+json')]);
  });
});
