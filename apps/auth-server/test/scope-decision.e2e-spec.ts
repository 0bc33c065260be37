import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { decodeJwt } from 'jose';
import pg from 'pg';
import { startInstallation, type TestInstallation, until } from '../../../test/harness/installation.js';
import { type Visit, WebSession } from '../../../test/harness/web-session.js';
import {
  ADA,
  answerConsent,
  authorize,
  authorizeUrl,
  credentials,
  exchange,
  goOn,
  logIn,
  postForm,
  postToken,
  refresh,
  returned,
  type TestClient,
} from './flow-driver.js';
import { bearer, logInByOpenId, userinfo } from './oidc-driver.js';
import { type Answer, type OperatorService, says, startOperatorService } from './operator-service.js';

/** `passthroughScopeUrl` and `passthroughUsers`: the API's own service decides on each authorization of a person. */

const DEVICE = 'urn:ietf:params:oauth:grant-type:device_code';
const gated: TestClient = { id: 'house-gated', secret: 'house-secret', redirectUri: 'https://house.example/cb', api: 'gated' };
const signed: TestClient = { ...gated, id: 'house-signed', api: 'signed' };
const dead: TestClient = { ...gated, id: 'house-dead', api: 'dead' };
const passed: TestClient = { ...gated, id: 'shop-passed', api: 'passed' };
const asked: TestClient = { ...gated, id: 'shop-gated' };

const apiFile = (id: string, oauth2: string, more = '') => `name: ${id}
auth: oauth2
authMethods: [local]
plans: [basic]
${more}oauth2:
  grants: [authorization_code, refresh_token, client_credentials, implicit, "${DEVICE}"${more === '' ? ', password' : ''}]
  scopes: { read: Read it, write: Change it, admin: Run it }
${oauth2}
upstream: { url: "\${OPERATOR_SERVICE}/echo" }
routes: [{ paths: [/${id}/v1] }]
`;

const FILES = {
  'pools/staff.yaml': 'name: Staff\nproperties: [{ id: desk, description: Desk, oidcClaim: desk }]\n',
  'groups.yaml': 'admins: { name: Administrators, admin: true }\n',
  'apis/gated/api.yaml': apiFile(
    'gated',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of the config
    '  passthroughScopeUrl: "http://gate%40house:s%3Aecret@${OPERATOR_HOST}/decide?for=gated"',
    'registrationPool: staff\n',
  ),
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of the config
  'apis/signed/api.yaml': apiFile('signed', '  tokenFormat: jwt\n  passthroughScopeUrl: "${OPERATOR_SERVICE}/decide"'),
  // A port that is reserved, and where nobody listens.
  'apis/dead/api.yaml': apiFile('dead', '  passthroughScopeUrl: "http://127.0.0.1:1/decide"'),
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of the config
  'apis/passed/api.yaml': apiFile('passed', '  passthroughUsers: true\n  passthroughScopeUrl: "${OPERATOR_SERVICE}/decide"'),
  'applications/house.yaml': `name: House
clientType: confidential
redirectUris: ["https://house.example/cb"]
owners: [{ email: ada@example.com, role: owner }]
subscriptions:
  - { api: gated, plan: basic, trusted: true, allowedScopes: [read, write], clientId: house-gated, clientSecret: house-secret }
  - { api: signed, plan: basic, trusted: true, clientId: house-signed, clientSecret: house-secret }
  - { api: dead, plan: basic, trusted: true, clientId: house-dead, clientSecret: house-secret }
`,
  'applications/shop.yaml': `name: Shop
clientType: confidential
redirectUris: ["https://house.example/cb"]
owners: [{ email: ada@example.com, role: owner }]
subscriptions:
  - { api: gated, plan: basic, clientId: shop-gated, clientSecret: house-secret }
  - { api: passed, plan: basic, clientId: shop-passed, clientSecret: house-secret }
`,
};

let service: OperatorService;
let installation: TestInstallation;
let ada: WebSession;

beforeAll(async () => {
  service = await startOperatorService();
  const env = { OPERATOR_SERVICE: service.url, OPERATOR_HOST: new URL(service.url).host };
  installation = await startInstallation({ config: join(import.meta.dirname, 'config'), files: FILES, env });
  await installation.sql(`INSERT INTO registration (user_id, pool_id, properties)
    SELECT id, 'staff', '{"desk": "12b"}' FROM user_account WHERE email = '${ADA.email}'`);
  await installation.sql(`UPDATE user_account SET groups = '{admins}' WHERE email = '${ADA.email}'`);
  ada = new WebSession();
  service.answer = says({ allow: true });
  await authorize(ada, authorizeUrl(issuerOf(gated), gated));
});
afterAll(async () => {
  await installation?.stop();
  await service?.stop();
});
beforeEach(() => {
  service.questions.length = 0;
  service.answer = allow();
});

const allow = (scopes: unknown = ['read'], userid: unknown = 'crm-4711'): Answer =>
  says({ allow: true, authenticated_scope: scopes, authenticated_userid: userid });
const refuse = (message?: unknown): Answer => says({ allow: false, error_message: message });
const issuerOf = (client: TestClient) => `${installation.urls.auth}/local/api/${client.api}`;
/** Authorizes in Ada's browser, where she is logged in. */
const ask = async (client: TestClient = gated, changes: Record<string, string> = {}): Promise<Visit> =>
  goOn(ada, await ada.get(authorizeUrl(issuerOf(client), client, changes)));
const tokensOf = async (client: TestClient = gated, changes: Record<string, string> = {}) => {
  const { code = '' } = returned(await ask(client, changes));
  return (await exchange(issuerOf(client), client, code)).body;
};
const call = async (token: string, client: TestClient = gated) => fetch(`${installation.urls.gateway}/${client.api}/v1`, bearer(token));
const seen = async (token: string, client: TestClient = gated) => {
  const fields = (await (await call(token, client)).json()) as Record<string, string>;
  return [fields['x-authenticated-userid'], fields['x-authenticated-scope']];
};
const events = (kind: string) =>
  installation.sql(`SELECT actor, subject, address, details FROM audit_event WHERE kind = '${kind}' ORDER BY id`);
const userId = async () => (await installation.sql(`SELECT id FROM user_account WHERE email = '${ADA.email}'`))[0]?.id;

describe('W10: passthroughScopeUrl decides on an authorization', () => {
  test('it is asked once, with what is known, and its word is what the client gets and the upstream sees', async () => {
    const tokens = await tokensOf(gated, { scope: 'write admin openid' });
    expect(tokens.scope).toBe('openid read');
    expect(service.questions).toEqual([
      {
        method: 'POST',
        path: '/decide?for=gated',
        headers: expect.objectContaining({
          'content-type': 'application/json',
          authorization: `Basic ${Buffer.from('gate@house:s:ecret').toString('base64')}`,
        }),
        body: {
          scope: ['write'],
          auth_method: 'local',
          profile: { sub: await userId(), email: ADA.email, email_verified: true, desk: '12b' },
          data: {
            api: 'gated',
            application: 'house',
            client_id: 'house-gated',
            trusted: true,
            grant_type: 'authorization_code',
            namespace: null,
          },
        },
      },
    ]);
    expect(await seen(tokens.access_token)).toEqual(['crm-4711', 'openid read']);
    const { body } = await postForm(`${issuerOf(gated)}/introspect`, { token: tokens.access_token, ...credentials(gated) });
    expect(body).toMatchObject({ active: true, scope: 'openid read', sub: await userId(), authenticated_userid: 'crm-4711' });
    expect((await userinfo(issuerOf(gated), bearer(tokens.access_token))).body).toEqual({ sub: await userId() });
  });

  test('without authenticated_userid the account stays, with its groups; without authenticated_scope nothing is granted', async () => {
    service.answer = says({ allow: true });
    const tokens = await tokensOf(gated, { scope: 'read' });
    expect([tokens.scope, ...(await seen(tokens.access_token))]).toEqual(['', `sub=${await userId()}`, 'wicked:admins']);
  });

  test('it can give more than was asked for, but nothing that the API has not or the subscription may not have', async () => {
    service.answer = allow('write read admin wicked:admins unheard-of write');
    const tokens = await tokensOf(gated, { scope: 'read' });
    expect([tokens.scope, ...(await seen(tokens.access_token))]).toEqual(['write read', 'crm-4711', 'write read']);
    await until(() => installation.output().includes('unheard-of'), 'the log says what was left out');
  });

  test('B: the person consents to what was decided, once; the next authorization is decided anew', async () => {
    const page = await ask(asked, { scope: 'write admin' });
    expect([page.body.includes('<code>read</code>'), page.body.includes('<code>write</code>')]).toEqual([true, false]);
    const { code = '' } = returned(await answerConsent(ada, page, 'allow'));
    expect([service.questions.length, (await exchange(issuerOf(asked), asked, code)).body.scope]).toEqual([1, 'read']);
    expect(returned(await ask(asked, { scope: 'write', prompt: 'none' })).code).toBeDefined();
    expect(service.questions.length).toBe(2);
    service.answer = allow(['read', 'admin']);
    expect(returned(await ask(asked, { scope: 'read', prompt: 'none' })).error).toBe('consent_required');
  });

  test('another person who logs in in the same flow is decided on anew', async () => {
    const browser = new WebSession();
    const first = await logIn(
      browser,
      await goOn(browser, await browser.get(authorizeUrl(issuerOf(asked), asked, { prompt: 'consent' }))),
      ADA,
    );
    const other = await goOn(browser, await browser.get(first.url.replace('/consent?', '/login?')));
    await logIn(browser, other, { email: 'bob@example.com', password: 'builder-bob' });
    const seenBy = service.questions.map((question) => question.body.profile.email);
    // Bob has to register first; only then is he asked about.
    expect(seenBy).toEqual([ADA.email]);
    await installation.sql(`INSERT INTO registration (user_id, pool_id, properties)
      SELECT id, 'staff', '{"desk": "3"}' FROM user_account WHERE email = 'bob@example.com'`);
    await goOn(browser, await browser.get(first.url.replace('/consent?', '/continue?')));
    expect(service.questions.map((question) => question.body.profile.email)).toEqual([ADA.email, 'bob@example.com']);
  });

  test('a refusal is access_denied with its message, in characters that RFC 6749 §4.1.2.1 allows and not too many, and in the audit log', async () => {
    service.answer = refuse(`No "contract" with Müller\\AG\r\n${'x'.repeat(500)}`);
    const { error, error_description = '', state, iss } = returned(await ask());
    expect([error, state, iss]).toEqual(['access_denied', 'st', issuerOf(gated)]);
    expect(error_description).toMatch(/^No \?contract\? with M\?ller\?AG\?\?x+$/);
    expect(error_description.length).toBe(200);
    const last = (await events('scope-refused')).at(-1);
    expect(last).toMatchObject({
      actor: `user:${await userId()}`,
      details: { api: 'gated', authMethod: 'local', grant: 'authorization_code' },
    });
  });

  // The embedded database serves one connection.
  (process.env.DATABASE_URL ? test : test.skip)('what is decided on another person beside is not given to this one', async () => {
    const beside = new pg.Client({ connectionString: installation.env.DATABASE_URL });
    await beside.connect();
    try {
      await beside.query('BEGIN');
      await beside.query('SELECT FROM user_session FOR UPDATE');
      const back = ask(gated, { scope: 'read' });
      const waits = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
      await until(async () => (await installation.sql(waits)).length > 0, 'the code waits for the session');
      await installation.sql(`UPDATE authorization_request SET authenticated_userid = 'crm-bob',
        decided_user_id = (SELECT id FROM user_account WHERE email = 'bob@example.com') WHERE finished_at IS NULL AND decided_user_id IS NOT NULL`);
      await beside.query('COMMIT');
      // What was decided on her is what she gets.
      const { body } = await exchange(issuerOf(gated), gated, returned(await back).code as string);
      expect((await seen(body.access_token))[0]).toBe('crm-4711');
      expect(await installation.sql(`SELECT id FROM token_family WHERE authenticated_userid = 'crm-bob'`)).toEqual([]);
    } finally {
      await beside.end();
    }
  });

  test.each([
    ['a NUL', 'No\u0000contract', 'No?contract'],
    ['half a character', `No contract \ud83d`, 'No contract ?'],
    ['a character that the limit would cut in half', `${'x'.repeat(199)}\u{1f600}`, `${'x'.repeat(199)}?`],
  ])('a refusal whose message has %s is a refusal like any other, and in the audit log', async (_, message, description) => {
    service.answer = refuse(message);
    const before = (await events('scope-refused')).length;
    const { error, error_description } = returned(await ask());
    expect([error, error_description]).toEqual(['access_denied', description]);
    expect((await events('scope-refused')).length).toBe(before + 1);
  });

  test('implicit grant (RFC 6749 §4.2)', async () => {
    const back = await ask(gated, { response_type: 'token', scope: 'write' });
    const { access_token = '', scope } = Object.fromEntries(new URLSearchParams(new URL(back.location ?? '').hash.slice(1)));
    expect([scope, ...(await seen(access_token))]).toEqual(['read', 'crm-4711', 'read']);
    expect(service.questions[0]?.body.data.grant_type).toBe('implicit');
  });

  test('device code (RFC 8628): what was decided when the person let it in holds when it polls; a refusal is told to it', async () => {
    const begin = async () => (await postForm(`${issuerOf(gated)}/device_authorization`, { ...credentials(gated), scope: 'write' })).body;
    const enter = async (code: string) =>
      goOn(ada, await ada.submit(await ada.get(`${installation.urls.auth}/device`), { user_code: code }));
    const poll = (code: string) => postToken(issuerOf(gated), { grant_type: DEVICE, device_code: code, ...credentials(gated) });
    const device = await begin();
    await answerConsent(ada, await enter(device.user_code), 'allow');
    const { body } = await poll(device.device_code);
    expect([body.scope, ...(await seen(body.access_token))]).toEqual(['read', 'crm-4711', 'read']);

    service.answer = refuse();
    const refused = await begin();
    expect((await enter(refused.user_code)).body).toContain('Access was refused');
    expect((await poll(refused.device_code)).body.error).toBe('access_denied');
  });

  test('client credentials (RFC 6749 §4.4): there is no person, so nobody is asked', async () => {
    const { body } = await postToken(issuerOf(gated), { grant_type: 'client_credentials', scope: 'write', ...credentials(gated) });
    expect([body.scope, service.questions.length, ...(await seen(body.access_token))]).toEqual(['write', 0, undefined, 'write']);
  });

  test('password grant (RFC 6749 §4.3): allowed, refused, unanswered', async () => {
    const person = { username: ADA.email, password: ADA.password };
    const grant = () => postToken(issuerOf(signed), { grant_type: 'password', ...person, ...credentials(signed) });
    const { body } = await grant();
    expect([body.scope, ...(await seen(body.access_token, signed))]).toEqual(['read', 'crm-4711', 'read']);
    service.answer = refuse('No contract');
    expect(await grant()).toMatchObject({ status: 400, body: { error: 'access_denied', error_description: 'No contract' } });
    service.answer = says({}, 500);
    const unanswered = await grant();
    expect([unanswered.status, unanswered.body.error, unanswered.headers.get('retry-after')]).toEqual([
      503,
      'temporarily_unavailable',
      '5',
    ]);
  });

  test('42: JWT access tokens say who the API is told the person is, and the gateway tells the upstream the same', async () => {
    const tokens = await tokensOf(signed, { scope: 'write' });
    const { sub, scope, authenticated_userid } = decodeJwt(tokens.access_token);
    expect([sub, scope, authenticated_userid]).toEqual([await userId(), 'read', 'crm-4711']);
    expect(await seen(tokens.access_token, signed)).toEqual(['crm-4711', 'read']);
    const { body } = await postForm(`${issuerOf(signed)}/introspect`, { token: tokens.access_token, ...credentials(signed) });
    expect(body).toMatchObject({ active: true, authenticated_userid: 'crm-4711' });
  });
});

describe('W10: a refresh is decided anew', () => {
  const begin = async (scopes: string[]) => {
    service.answer = allow(scopes);
    const tokens = await tokensOf(gated, { scope: 'read write' });
    service.questions.length = 0;
    return tokens;
  };

  test('35: fewer scopes, never more (RFC 6749 §6); it is told of whom it spoke; later refreshes may have the scopes again', async () => {
    const first = await begin(['read', 'write']);
    service.answer = allow(['read']);
    const second = (await refresh(issuerOf(gated), gated, first.refresh_token)).body;
    expect([second.scope, service.questions[0]?.body.scope]).toEqual(['read', ['read', 'write']]);
    expect(service.questions[0]?.body.data).toMatchObject({ grant_type: 'refresh_token', authenticated_userid: 'crm-4711' });
    service.answer = allow(['read', 'write', 'admin']);
    const third = (await refresh(issuerOf(gated), gated, second.refresh_token)).body;
    expect([third.scope, ...(await seen(third.access_token))]).toEqual(['read write', 'crm-4711', 'read write']);
  });

  test('unanswered: 503, and the refresh token is not used up', async () => {
    const tokens = await begin(['read']);
    service.answer = says('nothing', 500);
    expect(await refresh(issuerOf(gated), gated, tokens.refresh_token)).toMatchObject({
      status: 503,
      body: { error: 'temporarily_unavailable' },
    });
    service.answer = allow(['read']);
    expect((await refresh(issuerOf(gated), gated, tokens.refresh_token)).status).toBe(200);
  });

  test.each([
    ['a refusal', refuse('Contract ended'), 'Contract ended'],
    ['another person', allow(['read'], 'crm-4712'), expect.stringContaining('refresh token')],
  ])('%s ends the whole authorization: invalid_grant, and the access token is refused at the gateway', async (_, answer, description) => {
    const tokens = await begin(['read']);
    expect((await call(tokens.access_token)).status).toBe(200);
    service.answer = answer;
    const refused = await refresh(issuerOf(gated), gated, tokens.refresh_token);
    expect([refused.status, refused.body]).toEqual([400, { error: 'invalid_grant', error_description: description }]);
    await until(async () => (await call(tokens.access_token)).status === 401, 'the access token is revoked');
    service.answer = allow(['read']);
    expect((await refresh(issuerOf(gated), gated, tokens.refresh_token)).body.error).toBe('invalid_grant');
  });
});

describe('W10: without an answer that can be used nothing is allowed', () => {
  const huge: Answer = (response) =>
    response.end(JSON.stringify({ allow: true, authenticated_scope: ['read'], more: 'x'.repeat(300_000) }));
  const elsewhere: Answer = (response) => response.writeHead(307, { location: `${service.url}/elsewhere` }).end();
  const cutOff: Answer = (response) => {
    response.writeHead(200, { 'content-length': '1000' }).write('{"allow": true');
    setTimeout(() => response.destroy(), 20);
  };

  test.each<[string, Answer, string]>([
    ['500, though it says allow', says({ allow: true, authenticated_scope: ['read'] }, 500), 'status'],
    ['a redirect, which is not followed', elsewhere, 'redirect'],
    ['no JSON', (response) => response.end('{"allow": true'), 'malformed'],
    ['not UTF-8', (response) => response.end(Buffer.from([0x22, 0xff, 0x22])), 'malformed'],
    ['nothing', (response) => response.writeHead(204).end(), 'malformed'],
    ['a list', says([{ allow: true }]), 'malformed'],
    ['allow that is not true', says({ allow: 'true', authenticated_scope: ['read'] }), 'malformed'],
    ['no allow', says({ authenticated_scope: ['read'] }), 'malformed'],
    ['scopes that are none', says({ allow: true, authenticated_scope: [1] }), 'malformed'],
    ['a user id that would break out of its header', allow(['read'], 'x\r\nX-Consumer-Id: root'), 'malformed'],
    ['a user id beyond ASCII', allow(['read'], 'jürgen'), 'malformed'],
    ['more than 256 KiB', huge, 'too-large'],
    ['a connection cut in the middle', cutOff, 'unreachable'],
    ['nothing within 5 seconds', () => undefined, 'timeout'],
  ])('%s: temporarily_unavailable, by redirect', async (_, answer, fault) => {
    service.answer = answer;
    const { error, code, iss } = returned(await ask(gated, { scope: 'read' }));
    expect([error, code, iss]).toEqual(['temporarily_unavailable', undefined, issuerOf(gated)]);
    expect(service.questions.map((question) => question.path)).not.toContain('/elsewhere');
    const { details } = (await events('call-out-failed')).at(-1) ?? {};
    expect(details).toMatchObject({ callOut: 'passthroughScopeUrl', fault });
    // The next failure is a new one.
    service.answer = allow();
    expect(returned(await ask(gated, { scope: 'read' })).code).toBeDefined();
  });

  test('nobody listens: the same; the log has the cause each time, the audit log its beginning; neither has the person', async () => {
    const before = (await events('call-out-failed')).length;
    for (let i = 0; i < 3; i++) expect(returned(await ask(dead)).error).toBe('temporarily_unavailable');
    expect((await events('call-out-failed')).slice(before)).toEqual([
      {
        actor: 'system',
        subject: 'api:dead',
        address: null,
        details: { callOut: 'passthroughScopeUrl', fault: 'unreachable', detail: 'ECONNREFUSED' },
      },
    ]);
    const lines = installation
      .output()
      .split('\n')
      .filter((line) => line.includes('call-out failed') && line.includes('"api":"dead"'));
    expect(lines.length).toBe(3);
    expect(installation.output()).not.toMatch(/lovelace|ada@example\.com.*call-out|s:ecret|s%3Aecret/);
  });
});

test('W10: twenty authorizations at once share kept connections, sixteen at most', async () => {
  const before = service.connections();
  for (let wave = 0; wave < 2; wave++) {
    const visits = await Promise.all(Array.from({ length: 20 }, () => ask(gated, { scope: 'read' })));
    expect(visits.map((visit) => returned(visit).error)).toEqual(visits.map(() => undefined));
  }
  expect(service.connections() - before).toBeLessThanOrEqual(16);
  expect(service.questions.length).toBe(40);
});

describe('W10: passthroughUsers', () => {
  test('the API knows people by the service alone: no groups, no claims; without authenticated_userid nobody gets in', async () => {
    const { body } = await logInByOpenId(issuerOf(passed), passed, { scope: 'openid email read' });
    expect(await seen(body.access_token, passed)).toEqual(['crm-4711', 'openid email read']);
    expect((await userinfo(issuerOf(passed), bearer(body.access_token))).body).toEqual({ sub: await userId() });
    expect(service.questions[0]?.body.profile).toMatchObject({ email: ADA.email });
    service.answer = says({ allow: true, authenticated_scope: ['read'] });
    expect(returned(await ask(passed, { scope: 'read' })).error).toBe('temporarily_unavailable');
  });

  test('consent is asked each time and not remembered; that it was given is in the audit log', async () => {
    for (let i = 0; i < 2; i++) {
      const page = await ask(passed, { scope: 'read' });
      expect(returned(await answerConsent(ada, page, 'allow')).code).toBeDefined();
    }
    expect(await installation.sql(`SELECT * FROM consent WHERE api_id = 'passed'`)).toEqual([]);
    const given = (await events('consent-given')).filter(({ details }) => (details as { api: string }).api === 'passed');
    expect(given.length).toBeGreaterThanOrEqual(2);
  });
});
