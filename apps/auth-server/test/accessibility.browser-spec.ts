/** Pages that no other browser spec reaches, in every view and language; and the whole code flow without a mouse (WCAG 2.2 A, AA). */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { startInstallation, type TestInstallation } from '../../../test/harness/installation.js';
import { checkPage, launchBrowser, openTab, VIEWS } from '../../../test/harness/web-browser.js';
import { ADA, authorizeUrl, CLIENTS, issuerOf, postForm } from './flow-driver.js';

const { shop } = CLIENTS;
const GRANT = 'urn:ietf:params:oauth:grant-type:device_code';

let installation: TestInstallation;
let browser: Browser;
/** Where flows end. */
let client: Server;
let redirectUri: string;

beforeAll(async () => {
  client = createServer((_request, response) => response.setHeader('content-type', 'text/html').end('<!doctype html><p>Back'));
  await new Promise<void>((done) => client.listen(0, '127.0.0.1', done));
  redirectUri = `http://127.0.0.1:${(client.address() as AddressInfo).port}/cb`;
  installation = await startInstallation({
    config: join(import.meta.dirname, 'config'),
    files: {
      'gatehouse.yaml': `title: Test APIs
publicUrls: { gateway: http://localhost:8000, auth: http://localhost:8010, portal: http://localhost:8020 }
initialUsers:
  - { email: ada@example.com, password: lovelace, validated: true }
  - { email: first@example.com, password: initial-1, validated: true, mustChangePassword: true }
`,
      'pools/members.yaml': `name: Members
properties:
  - { id: name, description: Full name, required: true, minLength: 3, oidcClaim: name }
  - { id: phone, description: Telephone }
`,
      'apis/orders/api.yaml': `name: Orders
auth: oauth2
authMethods: [local, staff]
plans: [basic]
registrationPool: members
oauth2: { scopes: { read: Read your orders, write: Place orders } }
upstream: { url: "http://127.0.0.1:8090/orders" }
routes: [{ paths: [/orders/v1] }]
`,
      'apis/films/api.yaml': `name: Films
auth: oauth2
authMethods: [local]
plans: [basic]
oauth2: { grants: ["${GRANT}"], scopes: { watch: Watch films } }
upstream: { url: "http://127.0.0.1:8090/films" }
routes: [{ paths: [/films/v1] }]
`,
      'applications/tv.yaml': `name: Television
clientType: public_native
subscriptions: [{ api: films, plan: basic, clientId: tv-films }]
`,
    },
  });
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  client?.close();
  await installation?.stop();
});
beforeEach(async () => {
  for (const table of ['failure_count', 'registration', 'consent']) await installation.sql(`DELETE FROM ${table}`);
});

const flowUrl = (changes: Record<string, string> = {}): string =>
  authorizeUrl(issuerOf(installation, shop), shop, { redirect_uri: redirectUri, scope: 'openid profile read', ...changes });

async function fill(page: Page, fields: Record<string, string>): Promise<void> {
  for (const [name, value] of Object.entries(fields)) await page.locator(`[name=${name}]`).fill(value);
  await page.locator('main form button').first().click();
}

describe.each(VIEWS.flatMap(([view, options]) => ['en', 'de'].map((locale) => [view, locale, options] as const)))(
  'in %s, %s',
  (...setting) => {
    const [, locale, options] = setting;

    test('WCAG 2.2 A, AA: login, registration, consent, device, account, logout and errors', async () => {
      const context = await browser.newContext({ ...options, locale });
      const { page } = await openTab(context);
      const { auth } = installation.urls;
      const look = async () => {
        expect(await page.getAttribute('html', 'lang')).toBe(locale);
        await checkPage(page);
      };
      const visit = async (url: string) => {
        await page.goto(url);
        await look();
      };

      await visit(`${auth}/account`);
      await visit(flowUrl({ client_id: 'nobody' }));
      await visit(flowUrl());
      await fill(page, { email: ADA.email, password: 'wrong' });
      await page.getByRole('alert').waitFor();
      await look();
      await fill(page, { email: ADA.email, password: ADA.password });
      await page.locator('#property-name').waitFor();
      await fill(page, { 'property-name': 'ab' });
      await page.locator('.field-error').waitFor();
      await look();
      await fill(page, { 'property-name': 'Ada Lovelace' });
      await page.locator('button[value=allow]').waitFor();
      await look();
      await page.locator('button[value=allow]').click();
      await page.waitForURL(`${redirectUri}?**`);

      await visit(`${auth}/account/registrations?pool=members&namespace=`);
      await visit(`${auth}/account`);
      const { body: device } = await postForm(`${auth}/local/api/films/device_authorization`, { client_id: 'tv-films', scope: 'watch' });
      await visit(`${auth}/device`);
      await fill(page, { user_code: 'BBBB-BBBB' });
      await page.locator('.field-error').waitFor();
      await look();
      await fill(page, { user_code: device.user_code });
      await page.locator('button[value=allow]').waitFor();
      await look();
      await page.locator('button[value=allow]').click();
      await page.waitForURL('**/device/done**');
      await look();

      await visit(`${auth}/logout`);
      await page.locator('main form button').click();
      await page.locator('main form').waitFor({ state: 'detached' });
      await look();
      await page.goto(`${auth}/local/login`);
      await fill(page, { email: 'first@example.com', password: 'initial-1' });
      await page.waitForURL('**/change-password**');
      await look();
      await context.close();
    });
  },
);

describe('WCAG 2.1.1, 2.4.3, 2.4.7, 3.3.1: without a mouse', () => {
  /** What has the focus, and how one sees that: outline, or a shadow that is not there without. */
  const FOCUS = `(() => {
    const element = document.activeElement;
    const style = getComputedStyle(element);
    const rect = element.getBoundingClientRect();
    const shown = element.matches(':focus-visible') && (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 || style.boxShadow !== 'none');
    const inView = rect.width > 0 && rect.top >= 0 && rect.bottom <= innerHeight;
    return { name: element.getAttribute('name'), value: element.getAttribute('value'), tag: element.localName, shown, inView };
  })()`;
  interface Focus {
    readonly name: string | null;
    readonly value: string | null;
    readonly tag: string;
    readonly shown: boolean;
    readonly inView: boolean;
  }

  /** The focus now; fails where it cannot be seen. */
  async function focus(page: Page): Promise<Focus> {
    const focused = await page.evaluate<Focus>(FOCUS);
    expect([page.url(), focused]).toEqual([page.url(), expect.objectContaining({ shown: true, inView: true })]);
    return focused;
  }

  /** Goes on by Tab until something has the focus; whatever has it on the way must show it. */
  async function tabTo(page: Page, wanted: (focused: Focus) => boolean): Promise<void> {
    for (let steps = 0; steps < 25; steps++) {
      await page.keyboard.press('Tab');
      if (wanted(await focus(page))) return;
    }
    throw new Error(`Not reached by Tab on ${page.url()}`);
  }

  /** What a screen reader says of the field that is wrong, and that it stands in it. */
  async function fault(page: Page): Promise<string> {
    const field = page.locator('[aria-invalid=true]').first();
    const ids = (await field.getAttribute('aria-describedby'))?.split(' ') ?? [];
    expect((await focus(page)).name).toBe(await field.getAttribute('name'));
    return (await page.locator(`#${ids[0]}`).textContent()) ?? '';
  }

  test.each(['light', 'dark'] as const)('in %s: login, registration, consent, and back', async (colorScheme) => {
    const context = await browser.newContext({ colorScheme, viewport: { width: 390, height: 844 } });
    const { page } = await openTab(context);
    await page.goto(flowUrl());
    // The first empty field has the focus already.
    expect((await focus(page)).name).toBe('email');
    await page.keyboard.type(ADA.email);
    await tabTo(page, ({ name }) => name === 'password');
    await page.keyboard.type('wrong');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').waitFor();
    expect((await focus(page)).name).toBe('password');
    await page.keyboard.type(ADA.password);
    await tabTo(page, ({ tag }) => tag === 'button');
    await page.keyboard.press('Enter');

    await page.locator('#property-name').waitFor();
    expect((await focus(page)).name).toBe('property-name');
    await page.keyboard.type('ab');
    await page.keyboard.press('Enter');
    await page.locator('.field-error').waitFor();
    expect(await fault(page)).toContain('at least 3');
    await page.keyboard.press('Control+A');
    await page.keyboard.type('Ada Lovelace');
    await tabTo(page, ({ name }) => name === 'property-phone');
    await page.keyboard.press('Enter');

    await page.locator('button[value=allow]').waitFor();
    await tabTo(page, ({ value }) => value === 'allow');
    await page.keyboard.press('Enter');
    await page.waitForURL(`${redirectUri}?code=**`);
    await context.close();
  });

  test('the code of a device, wrong and right', async () => {
    const context = await browser.newContext();
    const { page } = await openTab(context);
    await page.goto(`${installation.urls.auth}/device`);
    expect((await focus(page)).name).toBe('user_code');
    await page.keyboard.type('BBBB-BBBB');
    await page.keyboard.press('Enter');
    await page.locator('.field-error').waitFor();
    expect(await fault(page)).not.toBe('');
    await context.close();
  });
});
