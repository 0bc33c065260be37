/** The way of a mail from a page to the mail server. */
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { startInstallation, type TestInstallation, until } from '../../../test/harness/installation.js';
import { type MailServer, startMailServer } from '../../../test/harness/mail-server.js';
import { WebSession } from '../../../test/harness/web-session.js';

let installation: TestInstallation | null = null;
let mailServer: MailServer | null = null;
afterEach(async () => {
  await installation?.stop();
  await mailServer?.stop();
  installation = mailServer = null;
});

const config = (mail: string): string => `title: Test APIs
publicUrls: { gateway: http://localhost:8000, auth: http://localhost:8010, portal: http://localhost:8020 }
${mail}
initialUsers: [{ email: ada@example.com, password: lovelace, validated: true }]
`;

async function start(mail: string): Promise<TestInstallation> {
  const files = { 'gatehouse.yaml': config(mail) };
  installation = await startInstallation({ config: join(import.meta.dirname, 'config'), files });
  return installation;
}

async function signUp(email: string): Promise<number> {
  const session = new WebSession();
  const page = await session.get(`${installation?.urls.auth}/local/signup`);
  return (await session.submit(page, { email, password: 'seven green bottles' })).status;
}

const waiting = async (): Promise<number> => Number((await installation?.sql('SELECT count(*) AS n FROM mail_outbox'))?.[0]?.n);
const hurry = () => installation?.sql('UPDATE mail_outbox SET next_attempt_at = now()');

test('W13: without a mail server, mails are written to the log with their link, and the start says so', async () => {
  const { output } = await start('mail: { from: apis@test.example, url: "" }');
  expect(output()).toContain('no mail server: set mail.url');
  await signUp('ann@example.org');
  await until(() => output().includes('"recipient":"ann@example.org"'), 'the mail in the log');
  const line = output()
    .split('\n')
    .find((text) => text.includes('ann@example.org')) as string;
  expect(JSON.parse(line)).toMatchObject({ level: 30, subject: 'Test APIs: confirm your e-mail address' });
  expect((await new WebSession().get(JSON.parse(line).link)).body).toContain('Confirm');
  await until(async () => (await waiting()) === 0, 'an empty outbox');
});

test('a mail server that says nothing blocks no page', async () => {
  mailServer = await startMailServer();
  mailServer.mood = 'silent';
  await start(`mail: { from: apis@test.example, url: "${mailServer.url}" }`);
  for (let i = 0; i < 7; i++) {
    const begun = performance.now();
    expect(await signUp(`ann${i}@example.org`)).toBe(200);
    expect(performance.now() - begun).toBeLessThan(20_000);
  }
  await until(() => (mailServer as MailServer).attempts() > 0, 'an attempt');
  expect(await waiting()).toBe(7);
});

test('what was acknowledged is sent although the process was killed, and the mail server away', async () => {
  mailServer = await startMailServer();
  mailServer.mood = 'busy';
  const own = await start(`mail: { from: apis@test.example, url: "${mailServer.url}" }`);
  expect(await signUp('ann@example.org')).toBe(200);
  await until(() => (mailServer as MailServer).attempts() > 0, 'an attempt');
  await own.end('SIGKILL');
  await own.start();
  expect(await waiting()).toBe(1);
  mailServer.mood = 'take';
  await hurry();
  expect((await mailServer.mailTo('ann@example.org')).link).toContain('/local/verify-email?token=');
  await until(async () => (await waiting()) === 0, 'an empty outbox');
  expect(mailServer.mails).toHaveLength(1);
});

test('a mail that the mail server will never take is dropped with an error in the log; one that is too old likewise', async () => {
  mailServer = await startMailServer();
  mailServer.mood = 'refuse';
  const { output } = await start(`mail: { from: apis@test.example, url: "${mailServer.url}" }`);
  await signUp('ann@example.org');
  await until(async () => (await waiting()) === 0, 'an empty outbox');
  expect(output()).toContain('refused by the mail server');
  mailServer.mood = 'busy';
  await signUp('bea@example.org');
  await installation?.sql(`UPDATE mail_outbox SET expires_at = now(), next_attempt_at = now()`);
  await until(async () => (await waiting()) === 0, 'an empty outbox', 15_000);
  expect(output()).toContain('mail given up');
  expect(output()).not.toContain('token=');
});
