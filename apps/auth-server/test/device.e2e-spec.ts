import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { startInstallation, type TestInstallation } from '../../../test/harness/installation.js';
import { type Visit, WebSession } from '../../../test/harness/web-session.js';
import {
  ADA,
  answerConsent,
  CLIENTS,
  credentials,
  goOn,
  issuerOf,
  logIn,
  postForm,
  postToken,
  refresh,
  type TestClient,
} from './flow-driver.js';

const GRANT = 'urn:ietf:params:oauth:grant-type:device_code';
const FILES = {
  'apis/films/api.yaml': `name: Films
auth: oauth2
authMethods: [local, staff]
plans: [basic]
oauth2:
  grants: [refresh_token, "${GRANT}"]
  scopes: { watch: Watch films, rent: Rent films }
upstream: { url: "\${SAMPLE_UPSTREAM_URL:-http://127.0.0.1:8090}/orders" }
routes: [{ paths: [/films/v1] }]
`,
  'applications/tv.yaml': `name: Television
clientType: public_native
owners: [{ email: ada@example.com, role: owner }]
subscriptions:
  - { api: films, plan: basic, clientId: tv-films }
`,
  'applications/console.yaml': `name: Console
clientType: confidential
owners: [{ email: ada@example.com, role: owner }]
subscriptions:
  - { api: films, plan: basic, trusted: true, clientId: console-films, clientSecret: console-films-secret }
`,
};
const tv = { id: 'tv-films', redirectUri: '', api: 'films' } satisfies TestClient;
const console_ = { id: 'console-films', secret: 'console-films-secret', redirectUri: '', api: 'films' } satisfies TestClient;

let installation: TestInstallation;
let issuer: string;

beforeAll(async () => {
  installation = await startInstallation({ config: join(import.meta.dirname, 'config'), files: FILES });
  issuer = issuerOf(installation, tv);
});
afterAll(() => installation.stop());
beforeEach(async () => {
  await installation.sql('DELETE FROM failure_count');
});

const begin = (client: TestClient = tv, more: Record<string, string> = {}) =>
  postForm(`${issuer}/device_authorization`, { ...credentials(client), scope: 'watch', ...more });
const poll = (code: string, client: TestClient = tv, at = issuer) =>
  postToken(at, { grant_type: GRANT, device_code: code, ...credentials(client) });
/** Lets the next poll come at once: the tests do not wait five seconds. */
const rest = () => installation.sql(`UPDATE device_authorization SET last_polled_at = now() - interval '1 hour'`);
const enter = async (session: WebSession, userCode: string) => {
  const page = await session.get(`${installation.urls.auth}/device`);
  return goOn(session, await session.submit(page, { user_code: userCode }));
};
async function decide(userCode: string, decision: 'allow' | 'deny', session = new WebSession()) {
  const consent = await logIn(session, await enter(session, userCode), ADA);
  return { consent, end: await answerConsent(session, consent, decision) };
}

describe('48: device authorization (RFC 8628)', () => {
  test('§3.1, §3.2: a pair of codes, and where to type the short one', async () => {
    const answer = await begin();
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store']);
    const page = `${installation.urls.auth}/device`;
    expect(answer.body).toEqual({
      device_code: expect.stringMatching(/^gh_dc_/),
      user_code: expect.stringMatching(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/),
      verification_uri: page,
      verification_uri_complete: `${page}?user_code=${answer.body.user_code}`,
      expires_in: 600,
      interval: 5,
    });
    const metadata = await (await fetch(`${installation.urls.auth}/.well-known/oauth-authorization-server/local/api/films`)).json();
    expect(metadata).toMatchObject({
      device_authorization_endpoint: `${issuer}/device_authorization`,
      grant_types_supported: ['refresh_token', GRANT],
    });
    expect(metadata).not.toHaveProperty('authorization_endpoint');
  });

  test('§3.3–3.5: pending until the person allowed it; then tokens, which call the API and are renewed', async () => {
    const { body } = await begin();
    expect(await poll(body.device_code)).toMatchObject({ status: 400, body: { error: 'authorization_pending' } });
    const { consent, end } = await decide(body.user_code.toLowerCase().replace('-', ' '), 'allow');
    expect(consent.body).toContain('Television');
    expect(consent.body).toContain(`Does your device show ${body.user_code}?`);
    expect(end.body).toContain('Your device is connected');
    await rest();
    const tokens = await poll(body.device_code);
    expect([tokens.status, tokens.body]).toEqual([
      200,
      {
        access_token: expect.stringMatching(/^gh_at_/),
        refresh_token: expect.stringMatching(/^gh_rt_/),
        token_type: 'bearer',
        expires_in: 3600,
        scope: 'watch',
      },
    ]);
    const call = await fetch(`${installation.urls.gateway}/films/v1`, { headers: { authorization: `Bearer ${tokens.body.access_token}` } });
    expect(call.status).toBe(200);
    expect((await refresh(issuer, tv, tokens.body.refresh_token)).status).toBe(200);
    const events = await installation.sql(
      `SELECT kind, details->>'grant' AS grant FROM audit_event WHERE kind IN ('device-approved', 'token-issued') ORDER BY id`,
    );
    expect(events).toEqual([
      { kind: 'device-approved', grant: null },
      { kind: 'token-issued', grant: GRANT },
    ]);
  });

  test('§3.5: the person refused', async () => {
    const { body } = await begin();
    const { end } = await decide(body.user_code, 'deny');
    expect(end.body).toContain('Access was refused');
    expect((await poll(body.device_code)).body.error).toBe('access_denied');
  });

  test('§3.5: who asks too soon has to wait 5 seconds longer, each time', async () => {
    const { body } = await begin();
    expect((await poll(body.device_code)).body.error).toBe('authorization_pending');
    expect((await poll(body.device_code)).body.error).toBe('slow_down');
    expect((await poll(body.device_code)).body.error).toBe('slow_down');
    const [row] = await installation.sql('SELECT poll_interval FROM device_authorization ORDER BY created_at DESC LIMIT 1');
    expect(row).toEqual({ poll_interval: 15 });
    await installation.sql(`UPDATE device_authorization SET last_polled_at = now() - interval '14 seconds'`);
    expect((await poll(body.device_code)).body.error).toBe('slow_down');
    await installation.sql(`UPDATE device_authorization SET last_polled_at = now() - interval '21 seconds'`);
    expect((await poll(body.device_code)).body.error).toBe('authorization_pending');
  });

  test('§3.5: expired, for the device and for the person', async () => {
    const { body } = await begin();
    await installation.sql('UPDATE device_authorization SET expires_at = now()');
    expect((await poll(body.device_code)).body.error).toBe('expired_token');
    expect((await enter(new WebSession(), body.user_code)).body).toContain('There is no device with this code');
  });

  test('§3.4: a device code works once', async () => {
    const { body } = await begin();
    await decide(body.user_code, 'allow');
    expect((await poll(body.device_code)).status).toBe(200);
    expect((await poll(body.device_code)).body.error).toBe('invalid_grant');
  });

  test('27: of 50 parallel polls of an allowed device exactly one gets tokens, none a 500', async () => {
    const { body } = await begin();
    await decide(body.user_code, 'allow');
    const answers = await Promise.all(Array.from({ length: 50 }, () => poll(body.device_code)));
    const outcomes = answers.map((answer) => (answer.status === 200 ? 'ok' : `${answer.status} ${answer.body.error}`)).sort();
    expect(outcomes).toEqual([...Array(49).fill('400 invalid_grant'), 'ok']);
  });

  test('27: 50 parallel answers, each in a tab of its own, let a device in once', async () => {
    const { device_code, user_code } = (await begin()).body;
    const session = new WebSession();
    await logIn(session, await enter(session, user_code), ADA);
    const pages: Visit[] = [];
    for (let tab = 0; tab < 50; tab++) pages.push(await enter(session, user_code));
    const ends = await Promise.all(pages.map((page) => answerConsent(session, page, 'allow')));
    expect(ends.map(({ url, status }) => `${status} ${new URL(url).searchParams.get('error')}`).sort()).toEqual([
      ...Array(49).fill('200 expired_token'),
      '200 null',
    ]);
    expect((await poll(device_code)).status).toBe(200);
  });

  test('a device code of another client or auth method is as good as unknown, and its polls count for nothing', async () => {
    const { body } = await begin();
    for (let i = 0; i < 2; i++) {
      expect((await poll(body.device_code, console_)).body.error).toBe('invalid_grant');
      expect((await poll(body.device_code, tv, issuerOf(installation, tv, 'staff'))).body.error).toBe('invalid_grant');
    }
    expect((await poll(body.device_code)).body.error).toBe('authorization_pending');
    expect((await poll('gh_dc_nothing')).body.error).toBe('invalid_grant');
  });

  test.each([
    ['an unknown scope', { scope: 'nothing' }, 400, 'invalid_scope'],
    ['an unknown client', { client_id: 'nobody' }, 401, 'invalid_client'],
    ['another resource', { resource: 'https://other.example' }, 400, 'invalid_target'],
  ])('§3.1: %s', async (_, more, status, error) => {
    expect(await begin(tv, more)).toMatchObject({ status, body: { error } });
  });

  test('31: not at an API that does not name the grant', async () => {
    const { shop } = CLIENTS;
    const orders = issuerOf(installation, shop);
    expect((await postForm(`${orders}/device_authorization`, credentials(shop))).body.error).toBe('unauthorized_client');
    expect((await poll('x', shop, orders)).body.error).toBe('unauthorized_client');
  });
});

describe('48: the page (RFC 8628 §5)', () => {
  test('§3.3.1, §5.4: a link fills the code in and decides nothing; even a trusted client is confirmed, with its name and a warning', async () => {
    const { body } = await begin(console_);
    const session = new WebSession();
    const page = await session.get(body.verification_uri_complete);
    expect(page.body).toContain(`value="${body.user_code}"`);
    const first = await logIn(session, await goOn(session, await session.submit(page, {})), ADA);
    expect(first.body).toContain('Allow Console?');
    expect(first.body).toContain('If somebody sent you the code or a link, deny it');
    await answerConsent(session, first, 'allow');
    const second = (await begin(console_)).body;
    // Logged in, and allowed before: asked all the same.
    expect((await enter(session, second.user_code)).body).toContain('Allow Console?');
  });

  test('§5.1: guesses are counted per address, over restarts, and refused after twenty', async () => {
    const session = new WebSession();
    for (let i = 0; i < 20; i++) expect((await enter(session, 'BBBB-BBBB')).status).toBe(200);
    const { body } = await begin();
    const page = await enter(session, body.user_code);
    expect([page.status, page.headers.get('retry-after')]).toEqual([429, expect.stringMatching(/^(600|5\d\d)$/)]);
    await installation.sql('UPDATE failure_count SET resets_at = now()');
    expect((await enter(session, body.user_code)).body).toContain('name="password"');
  });

  test('§5.1: codes that are right are no guesses', async () => {
    const { body } = await begin();
    for (let i = 0; i < 22; i++) expect((await enter(new WebSession(), body.user_code)).body).toContain('name="password"');
  });

  test('14: the form has an anti-forgery token', async () => {
    const { body } = await begin();
    expect((await new WebSession().post(`${installation.urls.auth}/device`, { user_code: body.user_code })).status).toBe(403);
  });

  test('18: what one browser began, another cannot go on with', async () => {
    const { body } = await begin();
    const login = await enter(new WebSession(), body.user_code);
    expect((await new WebSession().get(login.url)).status).toBe(400);
  });

  test('in German', async () => {
    const page = await new WebSession().get(`${installation.urls.auth}/device`, { 'accept-language': 'de' });
    expect(page.body).toContain('Gerät verbinden');
  });
});
