/** Passwords that the operator gives, changes, or wants changed; and what runs beside a change. */
import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { startInstallation, type TestInstallation, until } from '../../../test/harness/installation.js';
import { type Visit, WebSession } from '../../../test/harness/web-session.js';
import { ADA, authorizeUrl, credentials, goOn, issuerOf, logIn, postForm, postToken, refresh, type TestClient } from './flow-driver.js';

const FRESH = 'seven green bottles';
const api = (name: string, pool: string) => `name: ${name}
auth: oauth2
authMethods: [local]
plans: [basic]
${pool}
oauth2: { grants: [authorization_code, refresh_token, password, "urn:ietf:params:oauth:grant-type:device_code"], scopes: { read: Read } }
upstream: { url: "\${SAMPLE_UPSTREAM_URL:-http://127.0.0.1:8090}/orders" }
routes: [{ paths: [/${name}] }]
`;
const clientOf = (name: string): TestClient => ({
  id: `old-${name}`,
  secret: 'old-secret-1',
  redirectUri: 'https://old.example/cb',
  api: name,
});
const plain = clientOf('plain');
const members = clientOf('members');
const tenants = clientOf('tenants');

/** @param users entries of initialUsers over the usual ones */
const gatehouse = (adaPassword: string, users = '') => `title: "Test: APIs"
publicUrls: { gateway: http://localhost:8000, auth: http://localhost:8010, portal: http://localhost:8020 }
initialUsers:
  - { email: ada@example.com, password: "${adaPassword}", validated: true }
${users}`;

let installation: TestInstallation;
let auth: string;

beforeAll(async () => {
  installation = await startInstallation({
    config: join(import.meta.dirname, 'config'),
    files: {
      'gatehouse.yaml': gatehouse(ADA.password),
      'auth-methods/local.yaml': 'type: local\nname: Trusting\nconfig: { trustUsers: true }\n',
      'pools/members.yaml': 'name: Members\nproperties: [{ id: name, oidcClaim: name }]\n',
      'pools/tenants.yaml': 'name: Tenants\nrequiresNamespace: true\nproperties: [{ id: title, oidcClaim: job_title }]\n',
      'apis/plain/api.yaml': api('plain', ''),
      'apis/members/api.yaml': api('members', 'registrationPool: members'),
      'apis/tenants/api.yaml': api('tenants', 'registrationPool: tenants'),
      'applications/old.yaml': `name: Old
clientType: confidential
redirectUris: [https://old.example/cb]
subscriptions:
${['plain', 'members', 'tenants']
  .map((name) => `  - { api: ${name}, plan: basic, clientId: old-${name}, clientSecret: old-secret-1, trusted: true }`)
  .join('\n')}
`,
    },
  });
  auth = installation.urls.auth;
});
afterAll(() => installation?.stop());
beforeEach(async () => {
  await installation.sql('DELETE FROM failure_count');
});

let count = 0;
/** A person of the local auth method, who is trusted from the sign-up on. */
async function newPerson(): Promise<typeof ADA> {
  const person = { email: `person-${++count}@example.org`, password: FRESH };
  const session = new WebSession();
  await session.submit(await session.get(`${auth}/local/signup`), person);
  return person;
}
async function openAccount(person: typeof ADA): Promise<WebSession> {
  const session = new WebSession();
  expect((await session.submit(await session.get(`${auth}/local/login`), person)).status).toBe(303);
  return session;
}
const isLoggedIn = async (session: WebSession, { email }: typeof ADA) => (await session.get(`${auth}/account`)).body.includes(email);
const tokensOf = (person: typeof ADA, client = plain, more = {}) =>
  postToken(issuerOf(installation, client), {
    grant_type: 'password',
    username: person.email,
    password: person.password,
    ...credentials(client),
    ...more,
  });
const kindsAbout = async ({ email }: typeof ADA) =>
  (
    await installation.sql(
      `SELECT e.kind, e.actor FROM audit_event e JOIN user_account u ON e.subject = 'user:' || u.id WHERE u.email = '${email}' ORDER BY e.id`,
    )
  ).map(({ kind, actor }) => `${kind} by ${String(actor).replace(/:.*/, '')}`);

/** The embedded database serves one process: commands, and what runs beside another connection, need a server. */
const onServer = process.env.DATABASE_URL ? test : test.skip;

/** Runs a command of the operator. */
function run(...words: string[]): Promise<{ status: number; stderr: string }> {
  return new Promise((ended) => {
    const command = [resolve('bin/gatehouse.mjs'), ...words];
    const child = execFile(process.execPath, command, { env: { ...installation.env } }, (_, __, stderr) =>
      ended({ status: child.exitCode ?? -1, stderr }),
    );
  });
}
async function reload(text: string): Promise<void> {
  const before = installation.output().split('Config reloaded').length;
  installation.writeConfig('gatehouse.yaml', text);
  await until(() => installation.output().split('Config reloaded').length > before, 'the reload');
}

describe('99: the operator wants a new password', () => {
  onServer('the person is out everywhere at once, and chooses a new one at the next login; the audit log says who wanted it', async () => {
    const person = await newPerson();
    const session = await openAccount(person);
    const { body } = await tokensOf(person);
    const refused = await run('users', 'require-password-change', ADA.email);
    expect([refused.status, refused.stderr]).toEqual([1, expect.stringContaining("it is the config folder's")]);
    const done = await run('users', 'require-password-change', person.email.toUpperCase());
    expect([done.status, done.stderr]).toEqual([0, '']);
    expect(await isLoggedIn(session, person)).toBe(false);
    expect((await refresh(issuerOf(installation, plain), plain, body.refresh_token)).body.error).toBe('invalid_grant');
    expect((await tokensOf(person)).body.error).toBe('invalid_grant');
    const must = await goOn(session, await session.submit(await session.get(`${auth}/local/login`), person));
    expect(must.body).toContain('You must choose a new password');
    const chosen = { ...person, password: 'another good one' };
    expect((await session.submit(must, { current: FRESH, password: chosen.password })).status).toBe(303);
    expect((await tokensOf(chosen)).status).toBe(200);
    const kinds = await kindsAbout(person);
    expect(kinds.filter((kind) => kind.startsWith('password'))).toEqual([
      'password-change-required by operator',
      'password-changed by user',
    ]);
  });

  test('mustChangePassword: the password of the config folder is the first one only', async () => {
    const person = { email: 'first@example.com', password: 'initial-1' };
    const entry = `  - { email: First@example.com, password: initial-1, validated: true, mustChangePassword: true }\n`;
    await reload(gatehouse(ADA.password, entry));
    const session = new WebSession();
    const must = await goOn(session, await session.submit(await session.get(`${auth}/local/login`), person));
    expect(must.body).toContain('You must choose a new password');
    expect((await session.submit(must, { current: person.password, password: FRESH })).status).toBe(303);
    await reload(gatehouse(ADA.password, entry.replace('initial-1', 'initial-2')));
    expect(await isLoggedIn(session, person)).toBe(true);
    expect(await isLoggedIn(await openAccount({ ...person, password: FRESH }), person)).toBe(true);
    for (const password of ['initial-1', 'initial-2']) expect((await tokensOf({ ...person, password })).status).toBe(400);
    // Without the key the folder's password counts again, and the other one is dead.
    await reload(gatehouse(ADA.password, entry.replace(', mustChangePassword: true', '')));
    expect((await tokensOf(person)).status).toBe(200);
    expect((await tokensOf({ ...person, password: FRESH })).status).toBe(400);
  });

  test('38: a password that is changed in the config folder ends what the old one opened', async () => {
    const session = await openAccount(ADA);
    const { body } = await tokensOf(ADA);
    await reload(gatehouse('lovelace, the second'));
    expect(await isLoggedIn(session, ADA)).toBe(false);
    expect((await refresh(issuerOf(installation, plain), plain, body.refresh_token)).body.error).toBe('invalid_grant');
    await reload(gatehouse(ADA.password));
    expect((await kindsAbout(ADA)).filter((kind) => kind === 'password-changed by operator')).toHaveLength(2);
  });
});

describe('38: what a password opened ends with it', () => {
  const change = async (session: WebSession, person: typeof ADA, password: string) =>
    session.submit(await session.get(`${auth}/local/change-password`), { current: person.password, password });

  test('a device that was let in, and has not fetched its tokens yet, gets none', async () => {
    const person = await newPerson();
    const issuer = issuerOf(installation, plain);
    const device = (await postForm(`${issuer}/device_authorization`, credentials(plain))).body;
    const session = new WebSession();
    const entered = await session.submit(await session.get(`${auth}/device`), { user_code: device.user_code });
    const consent = await logIn(session, await goOn(session, entered), person);
    const done = await goOn(session, await session.submit(consent, {}, { marker: 'decision', button: ['decision', 'allow'] }));
    expect(done.body).toContain('connected');
    expect((await change(session, person, 'another good one')).status).toBe(303);
    const grant_type = 'urn:ietf:params:oauth:grant-type:device_code';
    const poll = await postToken(issuer, { grant_type, device_code: device.device_code, ...credentials(plain) });
    expect([poll.status, poll.body.error]).toEqual([400, 'access_denied']);
  });

  test("whoever signed up with another person's address and was trusted is out when its owner confirms a password of their own", async () => {
    const stranger = await newPerson();
    const session = await openAccount(stranger);
    const { body } = await tokensOf(stranger);
    const owner = { ...stranger, password: "the owner's own one" };
    const signUp = new WebSession();
    await signUp.submit(await signUp.get(`${auth}/local/signup`), owner);
    const links = () => [...new Set(installation.output().match(/http:[^"\s]*\/local\/verify-email\?token=[\w-]{43}/g) ?? [])];
    // One of each person, and the second one of this.
    await until(() => links().length >= count + 1, 'the second mail');
    expect((await signUp.submit(await signUp.get(links().at(-1) as string), {})).status).toBe(303);
    expect(await isLoggedIn(session, stranger)).toBe(false);
    expect((await refresh(issuerOf(installation, plain), plain, body.refresh_token)).body.error).toBe('invalid_grant');
    expect((await tokensOf(stranger)).status).toBe(400);
    expect((await tokensOf(owner)).status).toBe(200);
  });
});

describe('W8 with W6 and W7: the password grant of an API with a registration pool', () => {
  const register = (person: typeof ADA, pool: string, namespace: string) =>
    installation.sql(
      `INSERT INTO registration (user_id, pool_id, namespace, properties)
       SELECT id, '${pool}', '${namespace}', '{"name": "Ada", "title": "Head of ${namespace}"}' FROM user_account WHERE email = '${person.email}'`,
    );
  const claimsOf = (idToken: string) => JSON.parse(Buffer.from(idToken.split('.')[1] as string, 'base64url').toString());

  test('who is not registered has to do that first, at the authorization endpoint', async () => {
    const person = await newPerson();
    expect((await tokensOf(person, members)).body).toEqual({
      error: 'invalid_grant',
      error_description: expect.stringContaining('has to register first'),
    });
    await register(person, 'members', '');
    const { status, body } = await tokensOf(person, members, { scope: 'openid profile' });
    expect([status, claimsOf(body.id_token).name]).toEqual([200, 'Ada']);
  });

  test('one namespace is taken, of several the client names one; the tokens are for it', async () => {
    const person = await newPerson();
    expect((await tokensOf(person, tenants)).body.error).toBe('invalid_grant');
    await register(person, 'tenants', 'north');
    const of = async (more = {}) => (await tokensOf(person, tenants, { scope: 'openid profile', ...more })).body;
    expect(claimsOf((await of()).id_token).job_title).toBe('Head of north');
    await register(person, 'tenants', 'south');
    expect((await of()).error_description).toContain('several namespaces');
    expect((await of({ namespace: 'west' })).error).toBe('invalid_grant');
    const south = await of({ namespace: 'south' });
    expect(claimsOf(south.id_token).job_title).toBe('Head of south');
    const renewed = await refresh(issuerOf(installation, tenants), tenants, south.refresh_token);
    expect(claimsOf(renewed.body.id_token).job_title).toBe('Head of south');
    const rows = await installation.sql(`SELECT namespace FROM token_family WHERE namespace IS NOT NULL ORDER BY created_at`);
    expect(rows.map(({ namespace }) => namespace)).toEqual(['north', 'south']);
  });
});

describe('38: beside a change of the password that is not committed yet', () => {
  async function duringChange(sql: string, deed: () => Promise<Visit | { status: number }>): Promise<number> {
    const client = new pg.Client({ connectionString: installation.env.DATABASE_URL });
    await client.connect();
    try {
      await client.query('BEGIN');
      await client.query(sql);
      let done = false;
      const running = deed().finally(() => {
        done = true;
      });
      const isHeld = async () => {
        const [row] = await installation.sql(`SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database()
          AND wait_event_type = 'Lock'`);
        return (row?.n as number) > 0;
      };
      await until(async () => done || (await isHeld()), 'the deed waits for the change, or is done');
      await client.query('COMMIT');
      return (await running).status;
    } finally {
      await client.end();
    }
  }
  const changeOf = ({ email }: typeof ADA) => `UPDATE user_account SET password_hash = 'changed' WHERE email = '${email}'`;
  /** One refusal is one event, and one entry of the feed. */
  const expectRefusal = async ({ email }: typeof ADA, reason: string) => {
    const events = await installation.sql(
      `SELECT details->>'reason' AS reason, (SELECT count(*)::int FROM change_event c WHERE c.kind = a.kind AND a.id = ANY(c.audit_event_ids)) AS told
       FROM audit_event a WHERE kind = 'login-failed' AND subject = 'email:${email}'`,
    );
    expect(events).toEqual([{ reason, told: 1 }]);
  };
  const countOf = async (table: string, { email }: typeof ADA) =>
    (
      await installation.sql(`SELECT count(*)::int AS n FROM ${table} t JOIN user_account u ON u.id = t.user_id WHERE u.email = '${email}'`)
    )[0]?.n;

  onServer('a login with the old one: the form again, and no session', async () => {
    const person = await newPerson();
    const session = new WebSession();
    const form = await session.get(`${auth}/local/login`);
    expect(await duringChange(changeOf(person), () => session.submit(form, person))).toBe(200);
    expect(await countOf('user_session', person)).toBe(0);
    await expectRefusal(person, 'changed-meanwhile');
  });

  onServer('9: a login whose outdated hash was to be made anew: the same, and it counts as a failure', async () => {
    const person = await newPerson();
    const { hash } = await import('@node-rs/argon2');
    const old = await hash(person.password, { algorithm: 2, memoryCost: 4096, timeCost: 1, parallelism: 1 });
    await installation.sql(`UPDATE user_account SET password_hash = '${old}' WHERE email = '${person.email}'; DELETE FROM failure_count`);
    const another = await hash('another good one');
    const session = new WebSession();
    const form = await session.get(`${auth}/local/login`);
    const change = changeOf(person).replace("'changed'", `'${another}'`);
    expect(await duringChange(change, () => session.submit(form, person))).toBe(200);
    expect(await installation.sql('SELECT failures, undecided FROM failure_count')).toEqual(Array(2).fill({ failures: 1, undecided: 0 }));
    await expectRefusal(person, 'wrong-password');
  });

  onServer('the password grant: invalid_grant, and no tokens', async () => {
    const person = await newPerson();
    expect(await duringChange(changeOf(person), () => tokensOf(person))).toBe(400);
    expect(await countOf('token_family', person)).toBe(0);
    await expectRefusal(person, 'changed-meanwhile');
  });

  onServer('another change that the old one is given for: the form again, and the first change stays', async () => {
    const person = await newPerson();
    const session = await openAccount(person);
    const form = await session.get(`${auth}/local/change-password`);
    const deed = () => session.submit(form, { current: person.password, password: 'another good one' });
    expect(await duringChange(changeOf(person), deed)).toBe(422);
    const [row] = await installation.sql(`SELECT password_hash AS hash FROM user_account WHERE email = '${person.email}'`);
    expect(row?.hash).toBe('changed');
    await expectRefusal(person, 'changed-meanwhile');
  });

  onServer('an authorization in a session that is about to end: no code, and the login form', async () => {
    const person = await newPerson();
    const session = await openAccount(person);
    const url = authorizeUrl(issuerOf(installation, plain), plain, { scope: 'read' });
    const end = `DELETE FROM user_session USING user_account u WHERE u.id = user_id AND u.email = '${person.email}'`;
    let page: Visit | null = null;
    const deed = async () => {
      page = await goOn(session, await session.get(url));
      return page;
    };
    expect(await duringChange(end, deed)).toBe(200);
    expect((page as Visit | null)?.body).toContain('name="password"');
    expect(await countOf('token_family', person)).toBe(0);
  });
});
