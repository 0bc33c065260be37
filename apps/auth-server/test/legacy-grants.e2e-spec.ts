import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startInstallation, type TestInstallation } from '../../../test/harness/installation.js';
import { WebSession } from '../../../test/harness/web-session.js';
import { ADA, authorize, authorizeUrl, CLIENTS, credentials, goOn, issuerOf, postToken, refresh, type TestClient } from './flow-driver.js';

/** The two grants that RFC 9700 advises against, at an API that names them. */
const FILES = {
  'apis/legacy/api.yaml': `name: Legacy
auth: oauth2
authMethods: [local]
plans: [basic]
oauth2:
  grants: [authorization_code, refresh_token, implicit, password]
  scopes: { read: Read it, write: Change it }
upstream: { url: "\${SAMPLE_UPSTREAM_URL:-http://127.0.0.1:8090}/orders" }
routes: [{ paths: [/legacy/v1] }]
`,
  'applications/mobile.yaml': `name: Mobile
clientType: public_native
redirectUris: ["com.example.mobile:/cb"]
owners: [{ email: ada@example.com, role: owner }]
subscriptions:
  - { api: legacy, plan: basic, trusted: true, clientId: mobile-legacy }
  - { api: orders, plan: basic, trusted: true, clientId: mobile-orders }
`,
  'applications/widget.yaml': `name: Widget
clientType: public_spa
redirectUris: ["https://widget.example/cb", "https://widget.example/cb?x=1"]
owners: [{ email: ada@example.com, role: owner }]
subscriptions:
  - { api: legacy, plan: basic, clientId: widget-legacy }
`,
};
const mobile = { id: 'mobile-legacy', redirectUri: 'com.example.mobile:/cb', api: 'legacy' } satisfies TestClient;
const widget = { id: 'widget-legacy', redirectUri: 'https://widget.example/cb', api: 'legacy' } satisfies TestClient;

let installation: TestInstallation;
let issuer: string;

beforeAll(async () => {
  installation = await startInstallation({ config: join(import.meta.dirname, 'config'), files: FILES });
  issuer = issuerOf(installation, mobile);
});
afterAll(() => installation.stop());

const logIn = (changes: Record<string, string> = {}, at = issuer) =>
  postToken(at, { grant_type: 'password', client_id: mobile.id, username: ADA.email, password: ADA.password, ...changes });
const callStatus = async (token: string) =>
  (await fetch(`${installation.urls.gateway}/legacy/v1`, { headers: { authorization: `Bearer ${token}` } })).status;

describe('W8: password grant (RFC 6749 §4.3)', () => {
  test('a trusted client trades name and password for tokens, which call the API and are renewed', async () => {
    const answer = await logIn();
    expect([answer.status, answer.body]).toEqual([
      200,
      {
        access_token: expect.stringMatching(/^gh_at_/),
        refresh_token: expect.stringMatching(/^gh_rt_/),
        token_type: 'bearer',
        expires_in: 3600,
        scope: 'read write',
      },
    ]);
    expect(await callStatus(answer.body.access_token)).toBe(200);
    expect((await refresh(issuer, mobile, answer.body.refresh_token)).status).toBe(200);
    const [event] = await installation.sql(`SELECT actor, details FROM audit_event WHERE details->>'grant' = 'password' LIMIT 1`);
    expect(event).toEqual({ actor: 'client:mobile-legacy', details: { grant: 'password', scopes: ['read', 'write'] } });
  });

  test('fewer scopes when it asks for fewer, none that the API has not', async () => {
    expect((await logIn({ scope: 'read' })).body.scope).toBe('read');
    expect((await logIn({ scope: 'admin' })).body.error).toBe('invalid_scope');
  });

  test.each([
    ['a wrong password', { password: 'wrong' }],
    ['an unknown person', { username: 'nobody@example.com' }],
    ['a person who is not validated', { username: 'newcomer@example.com', password: 'not-yet-validated' }],
  ])('W5: %s: invalid_grant, the same answer, at least 500 ms later, and in the audit log', async (_, changes) => {
    const begun = Date.now();
    const answer = await logIn(changes);
    expect([answer.status, answer.body]).toEqual([400, { error: 'invalid_grant', error_description: 'Name or password is wrong' }]);
    expect(Date.now() - begun).toBeGreaterThanOrEqual(490);
    const [event] = await installation.sql(
      `SELECT kind, actor, subject FROM audit_event WHERE kind LIKE 'login%' ORDER BY id DESC LIMIT 1`,
    );
    const email = 'username' in changes ? changes.username : ADA.email;
    expect(event).toEqual({ kind: 'login-failed', actor: 'anonymous', subject: `email:${email}` });
  });

  test('9: not at an API that does not name it', async () => {
    const orders = issuerOf(installation, CLIENTS.house);
    expect((await logIn({ client_id: 'mobile-orders' }, orders)).body.error).toBe('unauthorized_client');
  });

  test('not for a subscription that is not trusted', async () => {
    expect((await logIn({ client_id: widget.id })).body.error).toBe('unauthorized_client');
  });

  test('99: a person who must set a new password gets no token before; guesses are limited here as at the login page', async () => {
    await installation.sql(`UPDATE user_account SET must_change_password = true WHERE email = '${ADA.email}'`);
    const due = await logIn();
    await installation.sql(`UPDATE user_account SET must_change_password = false WHERE email = '${ADA.email}'`);
    expect([due.status, due.body.error]).toEqual([400, 'invalid_grant']);
    await Promise.all(Array.from({ length: 10 }, () => logIn({ password: 'wrong' })));
    expect((await logIn()).status).toBe(400);
    await installation.sql('DELETE FROM failure_count');
    expect((await logIn()).status).toBe(200);
  });

  test.each(['username', 'password'])('%s is required', async (name) => {
    expect(await logIn({ [name]: '' })).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
  });
});

describe('implicit grant (RFC 6749 §4.2)', () => {
  const fragmentOf = (location: string | null) => Object.fromEntries(new URLSearchParams(new URL(location ?? '').hash.slice(1)));
  const url = (changes: Record<string, string | undefined> = {}) => authorizeUrl(issuer, widget, { response_type: 'token', ...changes });

  test('§4.2.2: the token comes back in the fragment, without a refresh token, and calls the API', async () => {
    const back = await authorize(new WebSession(), url({ scope: 'read', state: 'ä b&c' }));
    expect([back.status, new URL(back.location ?? '').search]).toEqual([302, '']);
    const answer = fragmentOf(back.location);
    expect(answer).toEqual({
      access_token: expect.stringMatching(/^gh_at_/),
      token_type: 'bearer',
      expires_in: '3600',
      scope: 'read',
      state: 'ä b&c',
      iss: issuer,
    });
    expect(await callStatus(answer.access_token as string)).toBe(200);
    expect(
      await installation.sql(
        'SELECT count(*)::int AS n FROM refresh_token WHERE family_id = (SELECT id FROM token_family ORDER BY created_at DESC LIMIT 1)',
      ),
    ).toEqual([{ n: 0 }]);
  });

  test('a query of the redirect URI is kept', async () => {
    const back = await authorize(new WebSession(), url({ redirect_uri: 'https://widget.example/cb?x=1' }));
    expect(back.location).toMatch(/^https:\/\/widget\.example\/cb\?x=1#access_token=/);
  });

  test('§4.2.2.1: errors stand in the fragment too', async () => {
    const unknown = await new WebSession().get(url({ scope: 'nothing' }));
    expect(fragmentOf(unknown.location)).toMatchObject({ error: 'invalid_scope', state: 'st', iss: issuer });
    const silent = await new WebSession().get(url({ prompt: 'none' }));
    expect(fragmentOf(silent.location)).toMatchObject({ error: 'login_required' });
  });

  test('one request gives out one token: the page of a finished flow leads nowhere', async () => {
    const session = new WebSession();
    const page = await goOn(session, await session.get(url({ prompt: 'login' })));
    await authorize(session, page.url);
    expect((await session.get(page.url)).status).toBe(400);
  });

  test('9: off where the API does not name it, told in the query', async () => {
    const { page } = CLIENTS;
    const back = await new WebSession().get(authorizeUrl(issuerOf(installation, page), page, { response_type: 'token' }));
    expect(new URL(back.location ?? '').searchParams.get('error')).toBe('unsupported_response_type');
  });

  test('it is no grant of the token endpoint', async () => {
    expect((await postToken(issuer, { grant_type: 'implicit', ...credentials(mobile) })).body.error).toBe('unsupported_grant_type');
  });
});

test('metadata names both, where they are', async () => {
  const metadata = await (await fetch(`${installation.urls.auth}/.well-known/oauth-authorization-server/local/api/legacy`)).json();
  expect(metadata).toMatchObject({
    response_types_supported: ['code', 'token'],
    response_modes_supported: ['query', 'fragment'],
    grant_types_supported: ['authorization_code', 'refresh_token', 'implicit', 'password'],
  });
});
