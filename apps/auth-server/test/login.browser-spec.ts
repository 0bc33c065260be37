/** Login, consent and account in a browser: light and dark, phone and desktop, with and without JavaScript. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import type { TestInstallation } from '../../../test/harness/installation.js';
import { ADA, authorizeUrl, CLIENTS, issuerOf, startFixture } from './flow-driver.js';

const ARGS = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update'];

let installation: TestInstallation;
let browser: Browser;
/** A client whose callback sends the person on to another origin, as many do. */
let client: Server;
let callbackPort: number;

beforeAll(async () => {
  installation = await startFixture();
  client = createServer((request, response) => {
    if (request.url?.startsWith('/cb'))
      response.writeHead(302, { location: `http://localhost:${callbackPort}/landed${request.url}` }).end();
    else response.end('landed');
  });
  await new Promise<void>((done) => client.listen(0, done));
  callbackPort = (client.address() as AddressInfo).port;
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ARGS });
});
afterAll(async () => {
  await browser?.close();
  client?.close();
  await installation?.stop();
});

const flowUrl = (scope: string): string =>
  authorizeUrl(issuerOf(installation, CLIENTS.shop), CLIENTS.shop, {
    redirect_uri: `http://127.0.0.1:${callbackPort}/cb`,
    scope,
    prompt: 'consent',
  });

async function openPage(context: BrowserContext): Promise<{ page: Page; complaints: string[] }> {
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  return { page, complaints };
}

const overflow = (page: Page): Promise<number> =>
  page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth');

describe.each([
  ['light', 'desktop', { width: 1280, height: 900 }, true],
  ['dark', 'phone', { width: 360, height: 740 }, false],
] as const)('in %s on a %s', (colorScheme, _, viewport, javaScriptEnabled) => {
  test('14: a person logs in, allows, and lands at the client; nothing is refused by the policy of a page', async () => {
    const context = await browser.newContext({ colorScheme, viewport, javaScriptEnabled });
    const { page, complaints } = await openPage(context);

    await page.goto(flowUrl('read admin'));
    expect(await page.title()).toContain('Log in');
    await page.getByLabel('E-mail address').fill(ADA.email);
    await page.getByLabel('Password').fill('wrong');
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByRole('alert').waitFor();
    expect(await page.getByLabel('E-mail address').inputValue()).toBe(ADA.email);
    if (javaScriptEnabled) expect(await overflow(page)).toBe(0);

    await page.getByLabel('Password').fill(ADA.password);
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByRole('heading', { name: 'Allow Shop?' }).waitFor();
    expect(await page.getByText('Cancel <b>any</b> order').isVisible()).toBe(true);
    if (javaScriptEnabled) expect(await overflow(page)).toBe(0);
    await page.getByRole('button', { name: 'Allow' }).click();
    await page.waitForURL('**/landed/cb?code=*');

    await page.goto(`${installation.urls.auth}/account`);
    await page.getByRole('heading', { name: 'Shop' }).waitFor();
    if (javaScriptEnabled) expect(await overflow(page)).toBe(0);
    await page.getByRole('button', { name: 'Revoke' }).first().click();
    await page.getByText('You have allowed no application anything.').waitFor();
    await page.getByRole('link', { name: 'Log out' }).click();
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByRole('heading', { name: 'You are logged out' }).waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });
});

test('14: no page of a flow can be framed', async () => {
  const context = await browser.newContext();
  const { page } = await openPage(context);
  await page.goto(`http://127.0.0.1:${callbackPort}/landed`);
  await page.setContent(`<iframe src="${installation.urls.auth}/local/login"></iframe>`);
  const frame = page.frames().find((one) => one !== page.mainFrame());
  await page.waitForTimeout(500);
  expect(await frame?.locator('input[name=password]').count()).toBe(0);
  await context.close();
});

test('18: two windows with their own flows end at their own clients', async () => {
  const context = await browser.newContext();
  const [one, two] = [await openPage(context), await openPage(context)];
  await one.page.goto(`${flowUrl('read')}&login_hint=${ADA.email}`);
  await two.page.goto(`${flowUrl('write')}&login_hint=${ADA.email}`);
  for (const { page } of [two, one]) {
    await page.getByLabel('Password').fill(ADA.password);
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByRole('button', { name: 'Allow' }).click();
    await page.waitForURL('**/landed/cb?code=*');
  }
  await context.close();
});
