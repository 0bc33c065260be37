/** A single-page application with oidc-client-ts, in a real browser: discovery, PKCE, id_token, userinfo, a call across origins, logout. */
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { startInstallation, type TestInstallation } from '../../../test/harness/installation.js';
import { launchBrowser, openTab } from '../../../test/harness/web-browser.js';

const LIBRARY = readFileSync(resolve(import.meta.dirname, '../../../node_modules/oidc-client-ts/dist/browser/oidc-client-ts.min.js'));

let application: Server;
let origin: string;
let installation: TestInstallation;
let browser: Browser;

beforeAll(async () => {
  application = createServer((request, response) => {
    const isLibrary = request.url === '/oidc.js';
    response.setHeader('content-type', isLibrary ? 'text/javascript' : 'text/html');
    response.end(isLibrary ? LIBRARY : page());
  });
  await new Promise<void>((done) => application.listen(0, '127.0.0.1', done));
  origin = `http://localhost:${(application.address() as AddressInfo).port}`;
  installation = await startInstallation({
    files: {
      'applications/page.yaml': `
name: Page
clientType: public_spa
redirectUris: ["${origin}/cb", "${origin}/bye"]
owners: [{ email: admin@example.com, role: owner }]
subscriptions: [{ api: orders, plan: basic, clientId: page-orders }]
`,
      'apis/orders/api.yaml': `
name: Orders
auth: oauth2
authMethods: [local]
plans: [basic]
oauth2: { scopes: { read: Read your orders } }
upstream: { url: "\${SAMPLE_UPSTREAM_URL}/orders" }
routes: [{ paths: [/orders/v1] }]
plugins: [{ name: cors, config: { origins: ["${origin}"] } }]
`,
      'applications/demo-shop.yaml': null,
      'applications/pocket-orders.yaml': null,
    },
  });
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await installation?.stop();
  application?.close();
});

/** The application: logs in at `/`, comes back to `/cb`, and shows what it learnt as JSON. */
function page(): string {
  return `<!doctype html><title>Page</title><link rel="icon" href="data:,"><pre id="result"></pre><script src="/oidc.js"></script><script>
const users = new oidc.UserManager({
  authority: ${JSON.stringify(`${installation.urls.auth}/local/api/orders`)}, client_id: 'page-orders',
  redirect_uri: location.origin + '/cb', post_logout_redirect_uri: location.origin + '/bye',
  scope: 'openid email read', loadUserInfo: true, automaticSilentRenew: false, monitorSession: false,
});
const show = (result) => { document.getElementById('result').textContent = JSON.stringify(result); };
(async () => {
  if (location.pathname === '/') return users.signinRedirect();
  if (location.pathname === '/bye') return show({ bye: true });
  const user = await users.signinCallback();
  const call = await fetch(${JSON.stringify(`${installation.urls.gateway}/orders/v1`)}, { headers: { authorization: 'Bearer ' + user.access_token } });
  show({ profile: user.profile, scope: user.scope, refresh: user.refresh_token ?? null, status: call.status });
  window.signOut = () => users.signoutRedirect();
})().catch((error) => show({ error: String(error) }));
</script>`;
}

test('OIDC, 10, W4, 89: oidc-client-ts signs a person in, calls across origins, and signs out', async () => {
  const { page: tab, complaints } = await openTab(await browser.newContext());
  const result = async (): Promise<Record<string, unknown>> => {
    await tab.waitForFunction("document.getElementById('result')?.textContent");
    return JSON.parse((await tab.textContent('#result')) ?? '');
  };

  await tab.goto(origin);
  await tab.fill('[name=email]', 'ada@example.com');
  await tab.fill('[name=password]', 'lovelace');
  await tab.click('button[type=submit]');
  await tab.click('button[value=allow]');
  await tab.waitForURL(`${origin}/cb?**`);
  expect(await result()).toMatchObject({
    profile: { sub: expect.stringMatching(/^[0-9a-f-]{36}$/), email: 'ada@example.com' },
    refresh: null,
    status: 200,
  });

  await tab.evaluate('void setTimeout(signOut)');
  await tab.waitForURL(`${origin}/bye**`);
  expect(await result()).toEqual({ bye: true });
  expect(complaints).toEqual([]);
});
