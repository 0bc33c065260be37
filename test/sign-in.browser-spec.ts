/** A person in a browser: reads the API page, logs in, consents, sees what they allowed, and takes it back. */
import { createHash, randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { startInstallation, type TestInstallation } from './harness/installation.js';
import { checkPage, launchBrowser, openTab, VIEWS } from './harness/web-browser.js';

let installation: TestInstallation;
let browser: Browser;
/** The application on the person's device, to which the browser comes back. */
let application: Server;
let redirectUri: string;

beforeAll(async () => {
  installation = await startInstallation();
  browser = await launchBrowser();
  const body = '<!doctype html><title>Back</title><link rel="icon" href="data:,"><p>Back in the application.';
  application = createServer((_request, response) => response.setHeader('content-type', 'text/html').end(body));
  await new Promise<void>((resolve) => application.listen(0, '127.0.0.1', resolve));
  redirectUri = `http://127.0.0.1:${(application.address() as AddressInfo).port}/callback`;
});
afterAll(async () => {
  await browser?.close();
  application?.close();
  await installation?.stop();
});

/** The value that stands beside a label on the API page. */
async function copyField(page: Page, label: string): Promise<string> {
  const field = page.locator('.copy-field', { hasText: label }).first();
  return (await field.locator('[data-copy-source]').textContent()) ?? '';
}

test.each(VIEWS)('B, C, G, W1, W5: from the API page to a token, and back, in %s', async (_name, options) => {
  const context = await browser.newContext(options);
  const { page, complaints } = await openTab(context);

  await page.goto(`${installation.urls.portal}/apis`);
  await page.getByRole('link', { name: 'Orders' }).click();
  await checkPage(page);
  const [authorizeUrl, tokenUrl, endpoint] = [
    await copyField(page, 'Authorize URL'),
    await copyField(page, 'Token URL'),
    await copyField(page, 'Endpoint URL'),
  ];

  const verifier = randomBytes(32).toString('hex');
  const challenge = createHash('sha256').update(verifier).digest('base64url');
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: 'pocket-orders',
    redirect_uri: redirectUri,
    scope: 'read',
    state: 'a state',
    code_challenge: challenge,
    code_challenge_method: 'S256',
  });
  await page.goto(`${authorizeUrl}?${query}`);
  await checkPage(page);
  expect(await page.getByText('Pocket orders').count()).toBe(1);
  await page.getByLabel('E-mail address').fill('ada@example.com');
  await page.getByLabel('Password').fill('not the password');
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('alert').waitFor();
  await checkPage(page);
  expect(await page.getByLabel('E-mail address').inputValue()).toBe('ada@example.com');

  await page.getByLabel('Password').fill('lovelace');
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('button', { name: 'Allow' }).waitFor();
  await checkPage(page);
  expect(await page.getByText('Read your orders').count()).toBe(1);
  await page.getByRole('button', { name: 'Allow' }).click();
  await page.waitForURL(`${redirectUri}?**`);
  const answer = new URL(page.url()).searchParams;
  expect(answer.get('state')).toBe('a state');

  const body = { grant_type: 'authorization_code', client_id: 'pocket-orders', code: answer.get('code'), code_verifier: verifier };
  const headers = { 'content-type': 'application/json' };
  const tokens = await (await fetch(tokenUrl, { method: 'POST', headers, body: JSON.stringify(body) })).json();
  const call = await fetch(endpoint, { headers: { authorization: `Bearer ${(tokens as { access_token: string }).access_token}` } });
  expect(call.status).toBe(200);

  await page.goto(`${installation.urls.auth}/account`);
  await checkPage(page);
  expect(await page.getByText('Pocket orders').count()).toBe(1);
  await page.getByRole('button', { name: 'Revoke' }).click();
  await page.getByText('You have allowed no application anything.').waitFor();

  expect(complaints).toEqual([]);
  await context.close();
});
