/** The pages of the portal in a browser: light and dark, phone and desktop. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, BrowserContext } from 'playwright-core';
import { startInstallation, type TestInstallation } from '../../../test/harness/installation.js';
import { checkPage, launchBrowser, openTab, VIEWS } from '../../../test/harness/web-browser.js';

const PAGES = ['/', '/apis', '/apis/orders?client=public', '/apis/stock', '/apis/evil', '/apis/long', '/nope'];

let installation: TestInstallation;
let browser: Browser;

beforeAll(async () => {
  installation = await startInstallation({ config: join(import.meta.dirname, 'fixture') });
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await installation?.stop();
});

async function openPage(context: BrowserContext, path: string) {
  const tab = await openTab(context);
  await tab.page.goto(installation.urls.portal + path);
  return tab;
}

describe.each(VIEWS)('in %s', (_name, options) => {
  let context: BrowserContext;
  beforeAll(async () => {
    context = await browser.newContext(options);
  });
  afterAll(() => context?.close());

  test.each(PAGES)('%s fits the screen, can be read, and nothing is refused or fails', async (path) => {
    const { page, complaints } = await openPage(context, path);
    await checkPage(page);
    // The browser says of a page that is not there that it is not there.
    expect(complaints.filter((complaint) => !(path === '/nope' && complaint.includes('404')))).toEqual([]);
    await page.close();
  });
});

test('the copy button copies the URL and says so', async () => {
  const context = await browser.newContext({ permissions: ['clipboard-read', 'clipboard-write'] });
  const { page, complaints } = await openPage(context, '/apis/orders');
  const button = page.getByRole('button', { name: 'Copy: Token URL' }).first();
  await button.click();
  expect(await page.evaluate('navigator.clipboard.readText()')).toBe(`${installation.urls.auth}/local/api/orders/token`);
  expect(await button.textContent()).toBe('Copied');
  expect(await page.locator('[data-announcer]').textContent()).toBe('Copied');
  expect(complaints).toEqual([]);
  await context.close();
});

test('the copy button copies also where the page came over plain http and there is no clipboard API', async () => {
  const context = await browser.newContext({ permissions: ['clipboard-read', 'clipboard-write'] });
  await context.addInitScript('Object.defineProperty(window, "isSecureContext", { value: false })');
  const { page } = await openPage(context, '/apis/stock');
  await page.getByRole('button', { name: 'Copy: Shell' }).first().click();
  expect(await page.evaluate('navigator.clipboard.readText()')).toContain("API_KEY='YOUR_API_KEY'\ncurl -i");
  await context.close();
});

test('without script there is no dead button, and everything can be read', async () => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const { page } = await openPage(context, '/apis/orders');
  expect(await page.getByRole('button').count()).toBe(0);
  await page.getByRole('link', { name: 'Without one (PKCE)' }).click();
  expect(page.url()).toContain('client=public#try');
  expect(await page.getByText('code_challenge_method=S256').count()).toBe(1);
  await context.close();
});

test('the keyboard reaches the content first, and what scrolls', async () => {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 } });
  const { page } = await openPage(context, '/apis/orders');
  await page.keyboard.press('Tab');
  expect(await page.evaluate('document.activeElement.textContent.trim()')).toBe('Skip to content');
  await page.keyboard.press('Enter');
  expect(await page.evaluate('document.activeElement.id')).toBe('content');
  expect(await page.locator('pre:not([tabindex="0"])').count()).toBe(0);
  await context.close();
});
