import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { TestInstallation } from '../../../test/harness/installation.js';
import { WebSession } from '../../../test/harness/web-session.js';
import {
  ADA,
  authorize,
  authorizeUrl,
  CLIENTS,
  exchange,
  goOn,
  issuerOf,
  obtainCode,
  refresh,
  returned,
  startFixture,
} from './flow-driver.js';

/** What is told, and what is not, when something breaks inside: a table is taken away for as long as it takes to look. */

let installation: TestInstallation;
let issuer: string;
const { shop, house } = CLIENTS;

beforeAll(async () => {
  installation = await startFixture();
  issuer = issuerOf(installation, shop);
});
afterAll(() => installation.stop());

async function without<T>(table: string, look: () => Promise<T>): Promise<T> {
  await installation.sql(`ALTER TABLE ${table} RENAME TO gone`);
  try {
    return await look();
  } finally {
    await installation.sql(`ALTER TABLE gone RENAME TO ${table}`);
  }
}

const ID = /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/;

test('8: after the redirect URI was verified the client is told server_error, with an id that is in the log', async () => {
  const session = new WebSession();
  await authorize(session, authorizeUrl(issuer, house));
  const back = await without('consent', () => session.get(authorizeUrl(issuer, house)));
  expect(returned(back)).toMatchObject({ error: 'server_error', state: 'st', iss: issuer });
  const id = ID.exec(returned(back).error_description ?? '')?.[0] as string;
  expect(installation.output()).toContain(id);
});

test('1, 8: before it, the person is told on a page, with an id', async () => {
  const page = await without('client_secret', () => new WebSession().get(authorizeUrl(issuer, house)));
  expect([page.status, page.location]).toEqual([500, null]);
  expect(page.body).toMatch(ID);
  expect(page.body).not.toMatch(/relation|client_secret|node_modules/);
});

test('32: the token endpoint answers server_error as JSON, and the code is not lost', async () => {
  const code = await obtainCode(issuer, shop);
  const failed = await without('refresh_token', () => exchange(issuer, shop, code));
  expect([failed.status, failed.body]).toEqual([500, { error: 'server_error', error_description: expect.stringMatching(ID) }]);
  expect(failed.headers.get('cache-control')).toBe('no-store');
  expect((await exchange(issuer, shop, code)).status).toBe(200);
});

test('37: a refresh that failed half-way has not used up the token', async () => {
  const tokens = (await exchange(issuer, shop, await obtainCode(issuer, shop))).body;
  expect((await without('access_token', () => refresh(issuer, shop, tokens.refresh_token))).status).toBe(500);
  expect((await refresh(issuer, shop, tokens.refresh_token)).status).toBe(200);
});

test('93: passwords, codes, tokens, secrets and cookies are not in the log', async () => {
  const session = new WebSession();
  const page = await goOn(session, await session.get(authorizeUrl(issuer, shop, { state: 'the-state-of-it' })));
  await session.submit(page, { email: ADA.email, password: 'a-password-that-is-wrong' });
  const { code } = returned(await authorize(session, authorizeUrl(issuer, shop)));
  const { body } = await exchange(issuer, shop, code as string);
  await refresh(issuer, shop, body.refresh_token);
  await without('refresh_token', () => refresh(issuer, shop, body.refresh_token));
  const secrets = [ADA.password, 'a-password-that-is-wrong', code, body.access_token, body.refresh_token, shop.secret, 'the-state-of-it'];
  for (const secret of [...secrets, ...session.cookies(issuer).values()]) expect(installation.output()).not.toContain(secret);
});
