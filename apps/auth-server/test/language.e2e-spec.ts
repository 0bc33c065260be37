import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { TestInstallation } from '../../../test/harness/installation.js';
import { WebSession } from '../../../test/harness/web-session.js';
import { ADA, answerConsent, authorizeUrl, CLIENTS, goOn, issuerOf, returned, startFixture } from './flow-driver.js';

let installation: TestInstallation;
beforeAll(async () => {
  installation = await startFixture();
});
afterAll(() => installation.stop());

const german = { 'accept-language': 'de-AT,de;q=0.9,en;q=0.5' };
const url = (changes: Record<string, string> = {}) =>
  authorizeUrl(issuerOf(installation, CLIENTS.shop), CLIENTS.shop, { scope: 'read', ...changes });

test('OIDC Core §3.1.2.1: ui_locales holds through login, a wrong password and consent, whatever the browser prefers', async () => {
  const session = new WebSession();
  const login = await goOn(session, await session.get(url({ ui_locales: 'fr de' }), { 'accept-language': 'en' }));
  expect(login.body).toContain('<html lang="de">');
  expect(login.body).toContain('Um mit <strong>Shop</strong> fortzufahren');
  const again = await session.submit(login, { email: ADA.email, password: 'wrong' });
  expect(again.body).toContain('Das hat nicht geklappt');
  const consent = await goOn(session, await session.submit(again, ADA));
  expect(consent.body).toContain('<strong>Shop</strong> möchte <strong>Orders</strong> in Ihrem Namen verwenden.');
  expect(returned(await answerConsent(session, consent, 'allow')).code).toBeDefined();
});

test('RFC 9110 §12.5.4: Accept-Language chooses the language of the account, logout and error pages', async () => {
  const session = new WebSession();
  expect((await session.get(`${installation.urls.auth}/account`, german)).body).toContain('Wie möchten Sie sich anmelden?');
  const login = await session.get(`${installation.urls.auth}/local/login`, german);
  expect(login.body).toContain('Um Ihr Konto zu sehen');
  await session.submit(login, ADA);
  expect((await session.get(`${installation.urls.auth}/account`, german)).body).toContain('<h1>Ihr Konto</h1>');
  expect((await session.get(`${installation.urls.auth}/logout`, german)).body).toContain('Abmelden?');
  const fault = await session.get(url({ client_id: 'nobody' }), german);
  expect([fault.status, fault.body.includes('ist bei Orders nicht bekannt')]).toEqual([400, true]);
  expect((await session.get(url({ client_id: 'nobody', ui_locales: 'en' }), german)).body).toContain('is not known at Orders');
});

test('5: ui_locales that comes twice is refused by redirect, and markup in it stays where it is', async () => {
  const session = new WebSession();
  expect(returned(await session.get(`${url()}&ui_locales=de&ui_locales=en`)).error).toBe('invalid_request');
  const odd = await goOn(session, await session.get(url({ ui_locales: '"><script>&request=x' })));
  expect([odd.status, odd.body.includes('<html lang="en">'), odd.body.includes('"><script>')]).toEqual([200, true, false]);
});

test('the metadata names the languages (RFC 8414 §2)', async () => {
  const response = await fetch(`${installation.urls.auth}/.well-known/oauth-authorization-server/local/api/orders`);
  expect(await response.json()).toMatchObject({ ui_locales_supported: ['en', 'de'] });
});
