/**
 * 14, CSP3 §6.4.1: where forms of a flow and of the logout end, in a real browser: Chromium holds `form-action` against the redirects
 * that follow a form. An app's own scheme is nothing that a browser without apps can open: that it tries to is what counts.
 */
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { generate } from 'selfsigned';
import { startInstallation, type TestInstallation, until } from '../../../test/harness/installation.js';
import { launchBrowser, openTab } from '../../../test/harness/web-browser.js';
import { ADA, authorizeUrl, CLIENTS, issuerOf, newProofKey } from './flow-driver.js';

const { pocket, shop } = CLIENTS;

let installation: TestInstallation;
let browser: Browser;
/** A website, which sends the person on to another origin of its own. */
let website: Server;
let callback: string;
let landing: string;

beforeAll(async () => {
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }], { keySize: 2048 });
  website = createServer({ key, cert }, (request, response) => {
    if (request.url?.startsWith('/cb')) response.writeHead(302, { location: landing }).end();
    else response.setHeader('content-type', 'text/html').end('<!doctype html><link rel="icon" href="data:,"><p>Landed');
  });
  await new Promise<void>((done) => website.listen(0, done));
  const { port } = website.address() as AddressInfo;
  callback = `https://127.0.0.1:${port}/cb`;
  landing = `https://localhost:${port}/landed`;
  installation = await startInstallation({
    config: join(import.meta.dirname, 'config'),
    files: {
      'applications/shop.yaml': `name: Shop
clientType: confidential
redirectUris: ["${callback}"]
subscriptions: [{ api: orders, plan: basic, clientId: shop-orders, clientSecret: shop-orders-secret }]
`,
    },
  });
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  website?.close();
  await installation?.stop();
});

async function logIn(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await page.locator('#email').fill(ADA.email);
  await page.locator('#password').fill(ADA.password);
  await page.locator('main form button').click();
  await page.locator('button[value=allow]').click();
}
const logoutUrl = (client_id: string, uri: string) =>
  `${installation.urls.auth}/logout?${new URLSearchParams({ client_id, post_logout_redirect_uri: uri, state: 'bye' })}`;

test('login, consent and logout lead to a website, and on to where it sends the person', async () => {
  const { page, complaints } = await openTab(await browser.newContext({ ignoreHTTPSErrors: true }));
  await logIn(page, authorizeUrl(issuerOf(installation, shop), shop, { redirect_uri: callback, scope: 'read' }));
  await page.waitForURL(landing);
  await page.goto(logoutUrl(shop.id, callback));
  await page.locator('main form button').click();
  await page.waitForURL(landing);
  expect(complaints).toEqual([]);
  await page.context().close();
});

test('login, consent and logout lead to an app by its own scheme', async () => {
  const context = await browser.newContext();
  const tried: string[] = [];
  context.on('request', (request) => tried.push(request.url()));
  const reached = (start: string) => until(async () => tried.some((url) => url.startsWith(start)), `${start} among ${tried.join(' ')}`);
  const { page, complaints } = await openTab(context);
  await logIn(page, authorizeUrl(issuerOf(installation, pocket), pocket, { scope: 'read', ...newProofKey().challenge }));
  await reached('com.example.pocket:/cb?code=');

  const logout = await openTab(context);
  await logout.page.goto(logoutUrl(pocket.id, pocket.redirectUri));
  await logout.page.locator('main form button').click();
  await reached('com.example.pocket:/cb?state=bye');
  expect([...complaints, ...logout.complaints]).toEqual([]);
  await context.close();
});
