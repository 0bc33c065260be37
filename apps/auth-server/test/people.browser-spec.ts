/** The pages around accounts in a browser: light and dark, phone and desktop, English and German. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { startInstallation, type TestInstallation, until } from '../../../test/harness/installation.js';
import { checkPage, launchBrowser, openTab, VIEWS } from '../../../test/harness/web-browser.js';
import { ADA, authorizeUrl, CLIENTS, issuerOf } from './flow-driver.js';

let installation: TestInstallation;
let browser: Browser;
let person = 0;

beforeAll(async () => {
  installation = await startInstallation({
    config: join(import.meta.dirname, 'config'),
    files: {
      'pools/members.yaml': `name: Members of the club
properties:
  - { id: name, description: Full name, required: true, minLength: 3, oidcClaim: name }
  - { id: phone, description: Telephone }
`,
      'pools/tenants.yaml': 'name: Tenants\nrequiresNamespace: true\n',
      'apis/lists/api.yaml': `name: Lists
auth: oauth2
authMethods: [local]
plans: [basic]
registrationPool: members
oauth2: { scopes: { lists: See your lists }, spaRefreshTokens: true }
upstream: { url: "http://127.0.0.1:8090/lists" }
routes: [{ paths: [/lists/v1] }]
`,
      'apis/orders/api.yaml': `name: Orders
auth: oauth2
authMethods: [local, staff]
plans: [basic]
registrationPool: tenants
oauth2: { scopes: { read: Read your orders, write: Place orders, admin: Cancel orders } }
upstream: { url: "http://127.0.0.1:8090/orders" }
routes: [{ paths: [/orders/v1] }]
`,
    },
  });
  await installation.sql(
    `INSERT INTO registration (user_id, pool_id, namespace, properties)
     SELECT id, 'tenants', unnest(ARRAY['north', 'a-namespace-with-a-name-as-long-as-names-of-tenants-are-now-and-then']), '{}'
     FROM user_account WHERE email = 'ada@example.com'`,
  );
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await installation?.stop();
});

/** Checks a page, and keeps a picture of it where SHOTS names a folder. */
async function look(page: Page, name: string): Promise<void> {
  await checkPage(page);
  if (process.env.SHOTS) await page.screenshot({ path: join(process.env.SHOTS, `${name.replace(/\W+/g, '-')}.png`), fullPage: true });
}

async function linkTo(email: string, path: string): Promise<string> {
  const found = () =>
    installation
      .output()
      .split('\n')
      .find((line) => line.includes(`"${email}"`) && line.includes(path));
  await until(() => found() !== undefined, `a mail to ${email}`);
  return JSON.parse(found() as string).link;
}

const PASSWORD = 'seven green bottles';

describe.each(VIEWS)('in %s', (view, options) => {
  let context: BrowserContext;
  beforeAll(async () => {
    await installation.sql('DELETE FROM failure_count');
    context = await browser.newContext({ ...options, locale: view.startsWith('dark') ? 'de' : 'en' });
  });
  afterAll(() => context?.close());

  test('99: from sign-up to a changed password; every page fits the screen and can be read', async () => {
    const german = view.startsWith('dark');
    const { page, complaints } = await openTab(context);
    const email = `browser-${++person}@example.org`;
    const press = () => page.locator('main form button').first().click();

    await page.goto(`${installation.urls.auth}/local/login`);
    await look(page, `${view} login`);
    await page.getByRole('link', { name: german ? 'Konto anlegen' : 'Create an account' }).click();
    await look(page, `${view} signup`);
    await page.locator('#email').fill(email);
    await page.locator('#password').fill('password12345');
    await press();
    await page.locator('.field-error').waitFor();
    expect(await page.locator('#password').getAttribute('aria-invalid')).toBe('true');
    expect(await page.locator('#password').getAttribute('aria-describedby')).toContain('password-error');
    await look(page, `${view} signup refused`);
    await page.locator('#password').fill(PASSWORD);
    await press();
    await page.getByText(email).waitFor();
    await look(page, `${view} signup done`);

    await page.goto(await linkTo(email, 'verify-email'));
    await look(page, `${view} verify`);
    await press();
    await page.getByRole('status').first().waitFor();
    await look(page, `${view} verified`);

    await page.goto(`${installation.urls.auth}/local/forgot-password`);
    await look(page, `${view} forgot`);
    await page.locator('#email').fill(email);
    await press();
    await page.goto(await linkTo(email, 'reset-password'));
    await look(page, `${view} reset`);
    await page.locator('#password').fill(`${PASSWORD} on a wall`);
    await press();
    await page.locator('#email').fill(email);
    await page.locator('#password').fill(`${PASSWORD} on a wall`);
    await press();
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.goto(`${installation.urls.auth}/local/change-password`);
    await look(page, `${view} change password`);

    await page.goto(
      `${authorizeUrl(issuerOf(installation, CLIENTS.pageLists), CLIENTS.pageLists, {
        code_challenge: 'A'.repeat(43),
        code_challenge_method: 'S256',
      })}`,
    );
    await look(page, `${view} registration`);
    await page.locator('#property-name').fill('Ada Lovelace');
    await press();
    await page.locator('button[name=decision]').first().waitFor();
    await page.goto(`${installation.urls.auth}/account`);
    await look(page, `${view} account`);
    await page.goto(`${installation.urls.auth}/local/verify-email?token=none`);
    await look(page, `${view} link gone`);
    // The browser says of a refused form that it was refused.
    expect(complaints.filter((complaint) => !/status of (400|422)/.test(complaint))).toEqual([]);
  });

  test('W7: the choice of a namespace fits the screen, however long their names', async () => {
    const { page } = await openTab(await browser.newContext(options));
    await page.goto(authorizeUrl(issuerOf(installation, CLIENTS.shop), CLIENTS.shop));
    await page.locator('#email').fill(ADA.email);
    await page.locator('#password').fill(ADA.password);
    await page.keyboard.press('Enter');
    await page.locator('button[name=namespace]').first().waitFor();
    await look(page, `${view} namespaces`);
    await page.context().close();
  });
});
