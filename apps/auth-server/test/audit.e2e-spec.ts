import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startInstallation, type TestInstallation, until } from '../../../test/harness/installation.js';
import { WebSession } from '../../../test/harness/web-session.js';
import { ADA, answerConsent, authorize, authorizeUrl, BOB, CLIENTS, credentials, goOn, issuerOf, logIn, postToken } from './flow-driver.js';

let installation: TestInstallation;
let issuer: string;
const { shop } = CLIENTS;
const APPLICATION = (secrets: string) => `name: Rotating
clientType: confidential
redirectUris: ["https://rotating.example/cb"]
owners: [{ email: ada@example.com, role: owner }]
subscriptions:
  - { api: orders, plan: basic, clientId: rotating-orders, clientSecret: ${secrets} }
`;

beforeAll(async () => {
  installation = await startInstallation({
    config: join(import.meta.dirname, 'config'),
    files: { 'applications/rotating.yaml': APPLICATION('[the-new-secret, the-old-secret]') },
  });
  issuer = issuerOf(installation, shop);
});
afterAll(() => installation.stop());

const address = expect.stringMatching(/^(::1|127\.0\.0\.1)$/);
const eventsSince = (id: unknown) =>
  installation.sql(
    `SELECT kind, actor, subject, address, details FROM audit_event WHERE id > ${Number(id)} AND actor <> 'system' ORDER BY id`,
  );
const lastEvent = async () => (await installation.sql('SELECT coalesce(max(id), 0)::int AS id FROM audit_event'))[0]?.id;
const userId = async (email: string) => (await installation.sql(`SELECT id FROM user_account WHERE email = '${email}'`))[0]?.id;

test('9, W13: login, consent given and revoked, and the end of a session: who, what, from where', async () => {
  const ada = `user:${await userId(ADA.email)}`;
  const start = await lastEvent();
  const session = new WebSession();
  await authorize(session, authorizeUrl(issuer, shop, { scope: 'read' }));
  const account = await session.get(`${installation.urls.auth}/account`);
  await session.submit(account, {}, { marker: 'name="application"' });
  await session.submit(await session.get(`${installation.urls.auth}/account`), {}, { marker: 'name="session"' });
  expect(await eventsSince(start)).toEqual([
    { kind: 'login', actor: ada, subject: ada, address, details: { authMethod: 'local' } },
    { kind: 'consent-given', actor: ada, subject: 'application:shop', address, details: { api: 'orders', scopes: ['read'] } },
    { kind: 'consent-revoked', actor: ada, subject: 'application:shop', address, details: { api: 'orders', authorizations: 1 } },
    { kind: 'session-ended', actor: ada, subject: ada, address, details: { authMethod: 'local' } },
  ]);
});

test('9: consent denied, and logout', async () => {
  const bob = `user:${await userId(BOB.email)}`;
  const start = await lastEvent();
  const session = new WebSession();
  const consent = await logIn(session, await goOn(session, await session.get(authorizeUrl(issuer, shop))), BOB);
  await answerConsent(session, consent, 'deny');
  await session.submit(await session.get(`${installation.urls.auth}/logout`), {});
  expect((await eventsSince(start)).map(({ kind, actor }) => [kind, actor])).toEqual([
    ['login', bob],
    ['consent-denied', bob],
    ['session-ended', bob],
  ]);
});

test('9: without trusted proxies nobody can write another address into the log', async () => {
  const start = await lastEvent();
  await postToken(issuer, { grant_type: 'client_credentials', ...credentials(shop) }, { headers: { 'x-forwarded-for': '203.0.113.9' } });
  expect((await eventsSince(start))[0]).toMatchObject({ kind: 'token-issued', address });
});

test('2: several client secrets are live at once, by body and by Basic; one that is taken out is dead, and the log says so', async () => {
  const machine = { grant_type: 'client_credentials' };
  const byBody = async (secret: string) =>
    (await postToken(issuer, { ...machine, client_id: 'rotating-orders', client_secret: secret })).status;
  const byBasic = async (secret: string) => {
    const authorization = `Basic ${Buffer.from(`rotating-orders:${secret}`).toString('base64')}`;
    return (await postToken(issuer, machine, { headers: { authorization } })).status;
  };
  for (const secret of ['the-new-secret', 'the-old-secret']) expect([await byBody(secret), await byBasic(secret)]).toEqual([200, 200]);
  expect(await byBody('another-secret')).toBe(401);

  const start = await lastEvent();
  installation.writeConfig('applications/rotating.yaml', APPLICATION('the-new-secret'));
  await until(async () => (await byBody('the-old-secret')) === 401, 'the old secret is dead');
  expect([await byBody('the-new-secret'), await byBasic('the-old-secret')]).toEqual([200, 401]);
  const changes = (await eventsSince(start)).filter(({ actor }) => actor === 'operator');
  expect(changes.map(({ kind }) => kind).sort()).toEqual(['secret-removed', 'subscription-changed']);
});

test('9: no secret, password or token stands in the audit log; old events are deleted', async () => {
  const text = JSON.stringify(await installation.sql('SELECT * FROM audit_event'));
  expect(text).not.toMatch(/gh_(at|rt|ac|dc)_|lovelace|builder-bob|the-new-secret|shop-orders-secret/);
  await installation.sql(`UPDATE audit_event SET occurred_at = now() - interval '366 days' WHERE kind = 'login'`);
  await installation.end('SIGTERM');
  await installation.start();
  const logins = async () => (await installation.sql(`SELECT count(*)::int AS n FROM audit_event WHERE kind = 'login'`))[0]?.n;
  await until(async () => (await logins()) === 0, 'old events are deleted');
  expect((await installation.sql(`SELECT count(*)::int AS n FROM audit_event`))[0]?.n).toBeGreaterThan(0);
});
