/** Accounts by way of mail: sign-up, confirmation, forgotten and changed passwords. */
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { startInstallation, type TestInstallation, until } from '../../../test/harness/installation.js';
import { type MailServer, startMailServer } from '../../../test/harness/mail-server.js';
import { type Visit, WebSession } from '../../../test/harness/web-session.js';
import { ADA, authorize, authorizeUrl, CLIENTS, exchange, goOn, issuerOf, logIn, refresh, returned } from './flow-driver.js';

let installation: TestInstallation;
let mailServer: MailServer;
let auth: string;

beforeAll(async () => {
  mailServer = await startMailServer();
  installation = await startInstallation({ config: join(import.meta.dirname, 'config') });
  installation.writeConfig('auth-methods/closed.yaml', 'type: local\nname: Closed\nconfig: { disableSignup: true }\n');
  installation.writeConfig(
    'gatehouse.yaml',
    `title: "Test: APIs"
publicUrls: { gateway: http://localhost:8000, auth: http://localhost:8010, portal: http://localhost:8020 }
mail: { from: "Test APIs <apis@test.example>", url: "${mailServer.url}" }
trustedProxies: [127.0.0.1, "::1"]
initialUsers:
  - { email: ada@example.com, password: lovelace, validated: true }
`,
  );
  await until(() => installation.output().includes('Config reloaded'), 'the config with the mail server');
  auth = installation.urls.auth;
});
afterAll(async () => {
  await installation?.stop();
  await mailServer?.stop();
});

/** All of these tests come from one address, whose limits others test. */
beforeEach(async () => {
  await installation.sql('DELETE FROM failure_count');
});

const PASSWORD = 'seven green bottles';
let person = 0;
const newEmail = (): string => `person-${++person}@example.org`;

async function submitAt(path: string, fields: Record<string, string>, session = new WebSession()): Promise<Visit> {
  return session.submit(await session.get(auth + path), fields);
}
const signUp = (email: string, password = PASSWORD, session?: WebSession): Promise<Visit> =>
  submitAt('/local/signup', { email, password }, session);
const askForReset = (email: string): Promise<Visit> => submitAt('/local/forgot-password', { email });
const logInToAccount = (email: string, password: string, session = new WebSession()): Promise<Visit> =>
  submitAt('/local/login', { email, password }, session);
/** Follows the link in a mail and presses the button. */
async function press(link: string, fields: Record<string, string> = {}): Promise<Visit> {
  const session = new WebSession();
  return session.submit(await session.get(link), fields);
}
async function newPerson(password = PASSWORD): Promise<string> {
  const email = newEmail();
  await signUp(email, password);
  const done = await press((await mailServer.mailTo(email)).link as string);
  expect(done.status).toBe(303);
  return email;
}
const plain = (visit: Visit, email: string): string => visit.body.replaceAll(email, '').replace(/name="csrf" value="[^"]*"/g, '');

describe('99: sign-up', () => {
  test('an account works once its address is confirmed; the flow that it was begun in goes on', async () => {
    const email = newEmail();
    const session = new WebSession();
    const issuer = issuerOf(installation, CLIENTS.house);
    const login = await goOn(session, await session.get(authorizeUrl(issuer, CLIENTS.house)));
    const signupUrl = new URL(/href="([^"]*\/signup[^"]*)"/.exec(login.body)?.[1]?.replaceAll('&amp;', '&') ?? '', login.url).href;
    const sent = await session.submit(await session.get(signupUrl), { email, password: PASSWORD });
    expect([sent.status, sent.body.includes('Look into your mailbox')]).toEqual([200, true]);
    expect((await logInToAccount(email, PASSWORD)).status).toBe(200);

    const mail = await mailServer.mailTo(email);
    expect([mail.from, mail.headers.get('auto-submitted')]).toEqual(['apis@test.example', 'auto-generated']);
    expect(mail.headers.get('subject')).toContain('Test: APIs: confirm your e-mail address');
    expect(mail.raw).toContain('Content-Type: text/html');
    // Looking at the link changes nothing.
    await fetch(mail.link as string);
    const page = await session.get(mail.link as string);
    expect(page.body).toContain(email);
    const confirmed = await session.follow(await session.submit(page, {}), auth);
    expect(confirmed.body).toContain('is confirmed');
    expect(returned(await logIn(session, confirmed, { email, password: PASSWORD })).code).toBeDefined();
    expect(await installation.sql(`SELECT kind FROM audit_event WHERE kind IN ('user-signed-up', 'user-verified') ORDER BY id`)).toEqual([
      { kind: 'user-signed-up' },
      { kind: 'user-verified' },
    ]);
  });

  test('an address that has an account gets the same answer in about the same time, and its owner a mail', async () => {
    const taken = await newPerson();
    const free = newEmail();
    const answers: string[] = [];
    const times: number[] = [];
    for (const email of [free, taken, ADA.email]) {
      const begun = performance.now();
      answers.push(plain(await signUp(email), email));
      times.push(performance.now() - begun);
    }
    expect(new Set(answers).size).toBe(1);
    for (const time of times) expect(time).toBeGreaterThanOrEqual(490);
    expect((await mailServer.mailTo(taken, 1)).text).toContain('There is one already');
    expect((await logInToAccount(taken, PASSWORD)).status).toBe(303);
  });

  test('whoever confirms decides: the password of another sign-up for the same address never works', async () => {
    const email = newEmail();
    await signUp(email, 'password of a squatter');
    const squatted = (await mailServer.mailTo(email)).link as string;
    await signUp(email, 'password of the owner');
    const own = (await mailServer.mailTo(email, 1)).link as string;
    expect(own).not.toBe(squatted);
    expect((await press(own)).status).toBe(303);
    expect((await logInToAccount(email, 'password of the owner')).status).toBe(303);
    expect((await logInToAccount(email, 'password of a squatter')).status).toBe(200);
    expect((await new WebSession().get(squatted)).status).toBe(400);
  });

  test.each([
    [{ email: 'nobody', password: PASSWORD }, 'This is no e-mail address'],
    [{ email: 'a@example.org\r\nBcc: b@example.org', password: PASSWORD }, 'This is no e-mail address'],
    [{ email: 'x@example.org', password: 'short' }, 'It is too short'],
    [{ email: 'x@example.org', password: 'password1234' }, 'tried first'],
    [{ email: 'long.name@example.org', password: 'Long.Name@example.org' }, 'It is your e-mail address'],
    [{ email: 'x@example.org', password: 'y z'.repeat(100) }, 'It is too long'],
    [{ email: '', password: '' }, 'This is no e-mail address'],
  ])('%j is refused with a reason, and the address kept', async (fields, reason) => {
    const before = mailServer.mails.length;
    const page = await submitAt('/local/signup', fields);
    expect([page.status, page.body.includes(reason), page.body.includes(`value="${fields.password || '-'}"`)]).toEqual([422, true, false]);
    expect(mailServer.mails.length).toBe(before);
  });

  test('disableSignup: the page is not there, nor any link to it', async () => {
    expect((await new WebSession().get(`${auth}/closed/signup`)).status).toBe(404);
    expect((await new WebSession().get(`${auth}/closed/login`)).body).not.toContain('/signup');
    expect((await new WebSession().get(`${auth}/local/login`)).body).toContain('/local/signup');
    expect((await new WebSession().get(`${auth}/nothing/signup`)).status).toBe(404);
  });

  test('trustUsers: people log in before they have confirmed their address', async () => {
    const email = newEmail();
    await submitAt('/staff/signup', { email, password: PASSWORD });
    expect((await submitAt('/staff/login', { email, password: PASSWORD })).status).toBe(303);
    expect((await logInToAccount(email, PASSWORD)).status).toBe(200);
  });

  test('14: a form of another browser is refused', async () => {
    const stolen = /name="csrf" value="([^"]*)"/.exec((await new WebSession().get(`${auth}/local/signup`)).body)?.[1] as string;
    const session = new WebSession();
    await session.get(`${auth}/local/signup`);
    expect((await session.post(`${auth}/local/signup`, { email: newEmail(), password: PASSWORD, csrf: stolen })).status).toBe(403);
  });

  test('OIDC Core §3.1.2.1: mails are in the language of the page', async () => {
    const email = newEmail();
    await submitAt('/local/signup?ui_locales=de', { email, password: PASSWORD });
    const mail = await mailServer.mailTo(email);
    expect(mail.text).toContain('bestätigen Sie die Adresse');
    expect(mail.link).toContain('ui_locales=de');
  });
});

describe('98, 99: links in mails', () => {
  test('50 parallel confirmations: one succeeds, none fails otherwise', async () => {
    const email = newEmail();
    await signUp(email);
    const link = (await mailServer.mailTo(email)).link as string;
    const session = new WebSession();
    const page = await session.get(link);
    const answers = await Promise.all(Array.from({ length: 50 }, () => session.submit(page, {})));
    expect(answers.map(({ status }) => status).sort()).toEqual([303, ...Array.from({ length: 49 }, () => 400)]);
  });

  test('50 parallel resets: one succeeds, none fails otherwise, and the password is one of theirs', async () => {
    const email = await newPerson();
    await askForReset(email);
    const session = new WebSession();
    const page = await session.get((await mailServer.mailTo(email, 1)).link as string);
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) => session.submit(page, { password: `new password number ${index}` })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([303, ...Array.from({ length: 49 }, () => 400)]);
    const winner = answers.findIndex(({ status }) => status === 303);
    expect((await logInToAccount(email, `new password number ${winner}`)).status).toBe(303);
  });

  test('a link is stored hashed, ends with its time, and works for its purpose alone', async () => {
    const email = newEmail();
    await signUp(email);
    const link = (await mailServer.mailTo(email)).link as string;
    const token = new URL(link).searchParams.get('token') as string;
    expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/);
    const rows = await installation.sql(`SELECT encode(hash, 'escape') AS hash FROM email_link`);
    expect(JSON.stringify(rows)).not.toContain(token);
    expect((await new WebSession().get(link.replace('verify-email', 'reset-password'))).status).toBe(400);
    await installation.sql(`UPDATE email_link SET expires_at = now() - interval '1 second' WHERE used_at IS NULL`);
    expect((await new WebSession().get(link)).status).toBe(400);
    expect((await new WebSession().get(`${auth}/local/verify-email?token=${'A'.repeat(43)}`)).status).toBe(400);
    expect((await new WebSession().get(`${auth}/local/verify-email`)).status).toBe(400);
  });

  test('the mail in the outbox is encrypted', async () => {
    mailServer.mood = 'busy';
    const email = newEmail();
    await signUp(email);
    const rows = await installation.sql(`SELECT encode(sealed, 'escape') AS sealed FROM mail_outbox`);
    mailServer.mood = 'take';
    expect(rows.length).toBeGreaterThan(0);
    expect(JSON.stringify(rows)).not.toContain(email);
    await installation.sql(`UPDATE mail_outbox SET next_attempt_at = now()`);
    await mailServer.mailTo(email);
  });
});

describe('99: forgotten password', () => {
  test('an unknown person gets the same answer in about the same time, and nobody a mail', async () => {
    const known = await newPerson();
    const before = mailServer.mails.length;
    const answers: string[] = [];
    for (const email of ['nobody@example.org', known, 'no address']) {
      const begun = performance.now();
      answers.push(plain(await askForReset(email), email));
      expect(performance.now() - begun).toBeGreaterThanOrEqual(490);
    }
    expect(new Set(answers).size).toBe(1);
    await mailServer.mailTo(known, 1);
    expect(mailServer.mails.length).toBe(before + 1);
  });

  test('38: a new password ends sessions and revokes token families, at the gateway too', async () => {
    const email = await newPerson();
    const issuer = issuerOf(installation, CLIENTS.house);
    const session = new WebSession();
    const { code } = returned(await authorize(session, authorizeUrl(issuer, CLIENTS.house), { email, password: PASSWORD }));
    const { body: tokens } = await exchange(issuer, CLIENTS.house, code as string);
    const call = () => fetch(`${installation.urls.gateway}/orders/v1`, { headers: { authorization: `Bearer ${tokens.access_token}` } });
    expect((await call()).status).not.toBe(401);

    await askForReset(email);
    const reset = (await mailServer.mailTo(email, 1)).link as string;
    expect((await press(reset, { password: 'short' })).status).toBe(422);
    expect((await press(reset, { password: 'a new password of mine' })).status).toBe(303);

    expect((await mailServer.mailTo(email, 2)).text).toContain('was changed just now');
    expect((await refresh(issuer, CLIENTS.house, tokens.refresh_token)).body).toMatchObject({ error: 'invalid_grant' });
    await until(async () => (await call()).status === 401, 'the gateway refuses the token');
    expect(returned(await session.get(`${authorizeUrl(issuer, CLIENTS.house)}&prompt=none`)).error).toBe('login_required');
    expect((await logInToAccount(email, PASSWORD)).status).toBe(200);
    expect((await logInToAccount(email, 'a new password of mine')).status).toBe(303);
  });

  test('somebody whose password stands in the config folder is told so by mail alone', async () => {
    await askForReset(ADA.email);
    const mail = await mailServer.mailTo(ADA.email, mailServer.mails.filter((one) => one.to.includes(ADA.email)).length - 1);
    expect([mail.link, mail.text.includes('only they can give you a new password')]).toEqual([null, true]);
  });

  test('98: five mails an hour to one person, and no sign of it on the page', async () => {
    const email = newEmail();
    await newPerson();
    await signUp(email);
    const answers: string[] = [];
    for (let i = 0; i < 6; i++) answers.push(plain(await askForReset(email), email));
    expect(new Set(answers).size).toBe(1);
    await mailServer.mailTo(email, 4);
    await new Promise((done) => setTimeout(done, 300));
    expect(mailServer.mails.filter((mail) => mail.to.includes(email))).toHaveLength(5);
  });
});

describe('99: changed password', () => {
  async function account(email: string, password = PASSWORD): Promise<WebSession> {
    const session = new WebSession();
    expect((await logInToAccount(email, password, session)).status).toBe(303);
    return session;
  }

  test('by its person, who stays logged in here and nowhere else', async () => {
    const email = await newPerson();
    const [here, elsewhere] = [await account(email), await account(email)];
    expect((await here.get(`${auth}/account`)).body).toContain('/local/change-password');
    const change = async (fields: Record<string, string>) => here.submit(await here.get(`${auth}/local/change-password`), fields);
    expect((await change({ current: 'wrong', password: 'another good one' })).body).toContain('This is not your password');
    expect((await change({ current: PASSWORD, password: 'short' })).body).toContain('It is too short');
    expect((await change({ current: PASSWORD, password: PASSWORD })).body).toContain('It is the old one');
    expect((await change({ current: PASSWORD, password: 'another good one' })).status).toBe(303);
    expect((await here.get(`${auth}/account`)).body).toContain(email);
    expect((await elsewhere.get(`${auth}/account`)).body).not.toContain(email);
    expect((await logInToAccount(email, 'another good one')).status).toBe(303);
  });

  test('a person who must: nothing else can be done before, in a flow and at the account', async () => {
    const email = await newPerson();
    await installation.sql(`UPDATE user_account SET must_change_password = true WHERE email = '${email}'`);
    const session = new WebSession();
    const url = authorizeUrl(issuerOf(installation, CLIENTS.house), CLIENTS.house);
    const must = await authorize(session, url, { email, password: PASSWORD });
    expect([must.location, must.body.includes('You must choose a new password')]).toEqual([null, true]);
    expect((await session.get(`${auth}/account`)).location).toContain('/local/change-password');
    expect(returned(await session.get(`${url}&prompt=none`)).error).toBe('interaction_required');
    const back = await goOn(session, await session.submit(must, { current: PASSWORD, password: 'fresh and long enough' }));
    expect(returned(back).code).toBeDefined();
    expect((await session.get(`${auth}/account`)).body).toContain(email);
  });

  test('somebody of the config folder is told that it cannot be done here', async () => {
    const session = await account(ADA.email, ADA.password);
    expect((await session.get(`${auth}/account`)).body).toContain('kept by those who run this site');
    expect((await session.get(`${auth}/local/change-password`)).status).toBe(403);
  });

  test('without a login: the login page', async () => {
    expect((await new WebSession().get(`${auth}/local/change-password`)).location).toBe(`${auth}/local/login`);
  });

  test('argon2id: a hash with old parameters is made anew at login', async () => {
    const email = await newPerson();
    const hashOf = async () =>
      (await installation.sql(`SELECT password_hash AS hash FROM user_account WHERE email = '${email}'`))[0]?.hash as string;
    const { hash } = await import('@node-rs/argon2');
    const old = await hash(PASSWORD, { algorithm: 2, memoryCost: 4096, timeCost: 1, parallelism: 1 });
    await installation.sql(`UPDATE user_account SET password_hash = '${old}' WHERE email = '${email}'`);
    expect((await logInToAccount(email, 'wrong password')).status).toBe(200);
    expect(await hashOf()).toBe(old);
    // Of logins of one moment one makes it anew, and the others are as right.
    const logins = await Promise.all(Array.from({ length: 4 }, () => logInToAccount(email, PASSWORD)));
    expect(logins.map(({ status }) => status)).toEqual([303, 303, 303, 303]);
    expect(await hashOf()).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect((await logInToAccount(email, PASSWORD)).status).toBe(303);
  });
});
