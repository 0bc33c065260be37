/** Registration pools and namespaces: W6, W7. */
import { execFile } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { startInstallation, type TestInstallation } from '../../../test/harness/installation.js';
import { type Visit, WebSession } from '../../../test/harness/web-session.js';
import { ADA, answerConsent, authorize, authorizeUrl, BOB, exchange, goOn, issuerOf, logIn, refresh, returned } from './flow-driver.js';

let installation: TestInstallation;
let upstream: Server;
/** X-Authenticated-Userid of the last call that came through. */
let seen: string | undefined;

const api = (name: string, pool: string): string => `name: ${name}
auth: oauth2
authMethods: [local]
plans: [basic]
registrationPool: ${pool}
oauth2: { scopes: { read: Read } }
upstream: { url: "\${TEST_UPSTREAM}" }
routes: [{ paths: [/${name.toLowerCase()}] }]
`;

const clientOf = (name: string) => ({ id: `club-${name}`, secret: 'club-secret-1', redirectUri: 'https://club.example/cb', api: name });
const CLUB = clientOf('club');
const TENANTS = clientOf('tenants');
const CLOSED = clientOf('closed');
const BRANCHES = clientOf('branches');

beforeAll(async () => {
  upstream = createServer((request, response) => {
    seen = request.headers['x-authenticated-userid'] as string | undefined;
    response.end('{}');
  });
  await new Promise<void>((done) => upstream.listen(0, '127.0.0.1', () => done()));
  const subscriptions = ['club', 'tenants', 'closed', 'branches']
    .map((name) => `  - { api: ${name}, plan: basic, clientId: club-${name}, clientSecret: club-secret-1, trusted: ${name !== 'club'} }`)
    .join('\n');
  installation = await startInstallation({
    config: join(import.meta.dirname, 'config'),
    env: { TEST_UPSTREAM: `http://127.0.0.1:${(upstream.address() as AddressInfo).port}` },
    files: {
      'pools/members.yaml': `name: Members
properties:
  - { id: name, description: Full name, required: true, minLength: 3, maxLength: 20, oidcClaim: name }
  - { id: phone, description: Telephone, oidcClaim: phone_number }
  - { id: shoe_size, description: Shoe size }
`,
      'pools/tenants.yaml': 'name: Tenants\nrequiresNamespace: true\nproperties: [{ id: title, oidcClaim: job_title }]\n',
      'pools/branches.yaml': 'name: Branches\nrequiresNamespace: true\n',
      'apis/branches/api.yaml': api('Branches', 'branches'),
      'pools/closed.yaml': 'name: Closed\ndisableRegister: true\n',
      'apis/club/api.yaml': api('Club', 'members'),
      'apis/tenants/api.yaml': api('Tenants', 'tenants'),
      'apis/closed/api.yaml': api('Closed', 'closed'),
      'applications/club.yaml': `name: Club
clientType: confidential
redirectUris: [https://club.example/cb]
subscriptions:
${subscriptions}
`,
    },
  });
});
afterAll(async () => {
  await installation?.stop();
  upstream?.close();
});
beforeEach(async () => {
  await installation.sql('DELETE FROM registration');
  await installation.sql('DELETE FROM consent');
});

const registered = () => installation.sql('SELECT pool_id, namespace, properties FROM registration');
const register = (email: string, namespace: string, pool = 'tenants') =>
  installation.sql(
    `INSERT INTO registration (user_id, pool_id, namespace, properties)
     SELECT id, '${pool}', '${namespace}', '{"title": "Head of ${namespace}"}' FROM user_account WHERE email = '${email}'`,
  );
const url = (client = CLUB, changes: Record<string, string> = {}): string =>
  authorizeUrl(issuerOf(installation, client), client, { scope: 'openid profile phone read', ...changes });

/** Logs in and stops where the registration form (or whatever comes) is. */
async function afterLogin(session: WebSession, target: string, person = ADA): Promise<Visit> {
  return logIn(session, await goOn(session, await session.get(target)), person);
}
async function callWith(client: typeof CLUB, accessToken: string): Promise<string | undefined> {
  seen = undefined;
  const answer = await fetch(`${installation.urls.gateway}/${client.api}`, { headers: { authorization: `Bearer ${accessToken}` } });
  expect(answer.status).toBe(200);
  return seen;
}

describe('W6: a pool asks once', () => {
  test('the form comes between login and consent, is stored once, and shows in id_token and userinfo', async () => {
    const session = new WebSession();
    const form = await afterLogin(session, url());
    expect(form.body).toContain('<h1 class="card-title">Members</h1>');
    expect(form.body).toContain('Telephone (optional)');
    const consent = await goOn(
      session,
      await session.submit(form, { 'property-name': ' Ada Lovelace ', 'property-phone': '+44 20', evil: 'x' }),
    );
    expect(consent.body).toContain('name="decision"');
    const { code } = returned(await answerConsent(session, consent, 'allow'));
    const { body: tokens } = await exchange(issuerOf(installation, CLUB), CLUB, code as string);
    const claims = JSON.parse(Buffer.from(tokens.id_token.split('.')[1], 'base64url').toString());
    expect(claims).toMatchObject({ name: 'Ada Lovelace', phone_number: '+44 20' });
    const userinfo = await fetch(`${issuerOf(installation, CLUB)}/userinfo`, {
      headers: { authorization: `Bearer ${tokens.access_token}` },
    });
    expect(await userinfo.json()).toMatchObject({ name: 'Ada Lovelace', phone_number: '+44 20' });
    expect(await registered()).toEqual([{ pool_id: 'members', namespace: '', properties: { name: 'Ada Lovelace', phone: '+44 20' } }]);
    expect(await callWith(CLUB, tokens.access_token)).toMatch(/^sub=[0-9a-f-]{36}$/);

    const again = await afterLogin(new WebSession(), url());
    expect(returned(again).code).toBeDefined();
    const audit = await installation.sql(`SELECT details FROM audit_event WHERE kind = 'registration-changed' ORDER BY id DESC LIMIT 1`);
    expect(audit).toEqual([{ details: { pool: 'members', namespace: '', change: 'created' } }]);
  });

  test.each([
    [{}, 'Please fill this in'],
    [{ 'property-name': '  ' }, 'Please fill this in'],
    [{ 'property-name': 'ab' }, 'at least 3 characters'],
    [{ 'property-name': 'x'.repeat(21) }, 'at most 20 characters'],
    [{ 'property-name': 'Ada\nLovelace' }, 'one line of text'],
    [{ 'property-name': 'Ada', 'property-phone': '1'.repeat(256) }, 'at most 255 characters'],
  ])('%j: the form again, with what is wrong and what was typed', async (fields, fault) => {
    const session = new WebSession();
    const again = await session.submit(await afterLogin(session, url()), fields as Record<string, string>);
    expect([again.status, again.body.includes(fault), again.body.includes('aria-invalid="true"')]).toEqual([422, true, true]);
    expect(await registered()).toEqual([]);
  });

  test('50 parallel submits: one registration, and all go on', async () => {
    const session = new WebSession();
    const form = await afterLogin(session, url());
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) => session.submit(form, { 'property-name': `Ada number ${index}` })),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([303]));
    expect(await registered()).toHaveLength(1);
  });

  test('13: prompt=none without a registration: interaction_required', async () => {
    const session = new WebSession();
    await afterLogin(session, url());
    expect(returned(await session.get(url(CLUB, { prompt: 'none' }))).error).toBe('interaction_required');
  });

  test('14, 18: the form is for one person, one browser and one flow', async () => {
    const session = new WebSession();
    const form = await afterLogin(session, url());
    const other = new WebSession();
    expect((await other.get(form.url)).status).toBe(400);
    expect((await session.post(form.url, { 'property-name': 'Mallory' })).status).toBe(403);
    await logIn(session, await session.get(form.url.replace('/registration?', '/login?')), BOB);
    expect((await session.submit(form, { 'property-name': 'Ada' })).status).toBe(403);
    expect(await registered()).toEqual([]);
  });

  test('disableRegister: the application is told why, and nobody is asked', async () => {
    expect(returned(await afterLogin(new WebSession(), url(CLOSED)))).toMatchObject({
      error: 'access_denied',
      error_description: expect.stringContaining('nobody can register'),
    });
    await register(ADA.email, '', 'closed');
    expect(returned(await afterLogin(new WebSession(), url(CLOSED))).code).toBeDefined();
  });

  test('a person sees and changes their registration at the account', async () => {
    const session = new WebSession();
    await session.submit(await afterLogin(session, url()), { 'property-name': 'Ada', 'property-shoe_size': '38' });
    const account = await session.get(`${installation.urls.auth}/account`);
    expect(account.body).toContain('What you told about yourself');
    const edit = await session.get(`${installation.urls.auth}/account/registrations?pool=members&namespace=`);
    expect(edit.body).toContain('value="Ada"');
    expect((await session.submit(edit, { 'property-name': 'A' })).status).toBe(422);
    expect((await session.submit(edit, { 'property-name': 'Ada L.', 'property-shoe_size': '' })).status).toBe(303);
    expect(await registered()).toEqual([{ pool_id: 'members', namespace: '', properties: { name: 'Ada L.' } }]);
    expect((await session.get(`${installation.urls.auth}/account/registrations?pool=tenants`)).status).toBe(404);
    expect((await new WebSession().get(edit.url)).status).toBe(404);
  });
});

describe('W7: namespaces', () => {
  /** The namespace that the upstream sees. */
  async function namespaceOf(back: Visit): Promise<string | undefined> {
    const { body } = await exchange(issuerOf(installation, TENANTS), TENANTS, returned(back).code as string);
    const userid = await callWith(TENANTS, body.access_token);
    const renewed = await refresh(issuerOf(installation, TENANTS), TENANTS, body.refresh_token);
    expect(await callWith(TENANTS, renewed.body.access_token)).toBe(userid);
    const userinfo = await fetch(`${issuerOf(installation, TENANTS)}/userinfo`, {
      headers: { authorization: `Bearer ${renewed.body.access_token}` },
    });
    const namespace = /^sub=[0-9a-f-]{36};namespace=(\w+)$/.exec(userid ?? '')?.[1];
    expect(await userinfo.json()).toMatchObject({ job_title: `Head of ${namespace}` });
    return namespace;
  }

  test('one registration is taken by itself, and a refresh keeps it', async () => {
    await register(ADA.email, 'north');
    expect(await namespaceOf(await authorize(new WebSession(), url(TENANTS)))).toBe('north');
  });

  test('several: the person chooses', async () => {
    await register(ADA.email, 'north');
    await register(ADA.email, 'south');
    await register(BOB.email, 'west');
    const session = new WebSession();
    const choice = await afterLogin(session, url(TENANTS));
    expect([...choice.body.matchAll(/value="(\w+)"[^>]*>\1</g)].map(([, name]) => name)).toEqual(['north', 'south']);
    const foreign = await goOn(session, await session.submit(choice, {}, { button: ['namespace', 'west'] }));
    expect(foreign.location).toBeNull();
    expect(await namespaceOf(await goOn(session, await session.submit(choice, {}, { button: ['namespace', 'south'] })))).toBe('south');
    expect(returned(await session.get(url(TENANTS, { prompt: 'none' }))).error).toBe('interaction_required');
  });

  test('namespace= picks; one in which the person is not, and none at all, are refused with a reason', async () => {
    await register(ADA.email, 'north');
    await register(ADA.email, 'south');
    const session = new WebSession();
    expect(await namespaceOf(await afterLogin(session, url(TENANTS, { namespace: 'south' })))).toBe('south');
    expect(returned(await goOn(session, await session.get(url(TENANTS, { namespace: 'west' }))))).toMatchObject({
      error: 'access_denied',
      error_description: expect.stringContaining('this namespace'),
    });
    expect(returned(await afterLogin(new WebSession(), url(TENANTS), BOB))).toMatchObject({
      error: 'access_denied',
      error_description: expect.stringContaining('no namespace'),
    });
  });

  const tokensOf = async (client: typeof CLUB) => {
    const back = await authorize(new WebSession(), url(client, { scope: 'read' }));
    return (await exchange(issuerOf(installation, client), client, returned(back).code as string)).body;
  };
  const renew = async (client: typeof CLUB, { refresh_token }: { refresh_token: string }) =>
    (await refresh(issuerOf(installation, client), client, refresh_token)).body;
  const renews = async (client: typeof CLUB, { refresh_token }: { refresh_token: string }) =>
    (await refresh(issuerOf(installation, client), client, refresh_token)).status;

  test('the operator says who is in which, and what is taken away takes its tokens with it', async () => {
    // The embedded database serves one process.
    if (!process.env.DATABASE_URL) return;
    const run = (...words: string[]): Promise<{ failed: boolean; stdout: string }> =>
      new Promise((done) => {
        const child = ['bin/gatehouse.mjs', 'registrations', ...words];
        execFile(process.execPath, child, { env: { ...installation.env } }, (error, stdout) => done({ failed: error !== null, stdout }));
      });
    expect((await run('add', 'tenants', ADA.email, 'north', 'title=Head of north')).stdout).toContain('Registered');
    expect((await run('add', 'tenants', 'nobody@example.com', 'north')).failed).toBe(true);
    expect((await run('add', 'tenants', ADA.email, 'no;rth')).failed).toBe(true);
    expect((await run('list', ADA.email)).stdout).toBe('tenants  north  {"title":"Head of north"}\n');
    const back = await authorize(new WebSession(), url(TENANTS));
    const { body } = await exchange(issuerOf(installation, TENANTS), TENANTS, returned(back).code as string);
    // What another pool calls the same is another namespace, and a registration without one is none of them.
    await register(ADA.email, 'north', 'branches');
    const branch = await tokensOf(BRANCHES);
    await register(ADA.email, '', 'members');
    const club = await tokensOf(CLUB);
    expect((await run('remove', 'tenants', ADA.email, 'north')).failed).toBe(false);
    expect(await renews(TENANTS, body)).toBe(400);
    const [renewedBranch, renewedClub] = [await renew(BRANCHES, branch), await renew(CLUB, club)];
    expect((await run('remove', 'members', ADA.email)).failed).toBe(false);
    expect(await renews(CLUB, renewedClub)).toBe(400);
    expect(await renews(BRANCHES, renewedBranch)).toBe(200);
    expect(await registered()).toEqual([expect.objectContaining({ pool_id: 'branches', namespace: 'north' })]);
  });

  test.each(['a;b', 'a b', 'x'.repeat(101), '../x'])('5: the namespace %j is malformed', async (namespace) => {
    expect(returned(await new WebSession().get(url(TENANTS, { namespace }))).error).toBe('invalid_request');
  });

  test('a choice that one person made is none of the next who logs in', async () => {
    await register(ADA.email, 'north');
    await register(ADA.email, 'south');
    await register(BOB.email, 'west');
    const session = new WebSession();
    const choice = await afterLogin(session, url(TENANTS, { prompt: 'consent' }));
    await session.submit(choice, {}, { button: ['namespace', 'south'] });
    const asBob = await logIn(session, await session.get(choice.url.replace('/registration?', '/login?')), BOB);
    expect(await namespaceOf(await answerConsent(session, asBob, 'allow'))).toBe('west');
  });
});
