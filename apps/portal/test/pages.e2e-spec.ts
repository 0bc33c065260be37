import { type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startInstallation, type TestInstallation, until } from '../../../test/harness/installation.js';
import { copyFieldsOf } from './page-text.js';

let installation: TestInstallation;
let portal: string;
const get = (path: string, init: RequestInit = {}): Promise<Response> => fetch(portal + path, init);
const html = async (path: string): Promise<string> => (await get(path)).text();

beforeAll(async () => {
  installation = await startInstallation({ config: join(import.meta.dirname, 'fixture') });
  portal = installation.urls.portal;
});
afterAll(() => installation?.stop());

test('G: the page of an API shows its endpoint, and each auth method’s authorize, token and metadata URL', async () => {
  const { auth, gateway } = installation.urls;
  const fields = copyFieldsOf(await html('/apis/orders'));
  expect(fields.get('Endpoint URL')).toEqual([`${gateway}/orders/v1`]);
  expect(fields.get('Authorize URL')).toEqual([`${auth}/local/api/orders/authorize`, `${auth}/corporate/api/orders/authorize`]);
  expect(fields.get('Token URL')).toEqual([`${auth}/local/api/orders/token`, `${auth}/corporate/api/orders/token`]);
  expect(fields.get('Metadata URL')).toEqual([
    `${auth}/.well-known/oauth-authorization-server/local/api/orders`,
    `${auth}/.well-known/oauth-authorization-server/corporate/api/orders`,
  ]);
});

test('G: every URL on the page is one that the servers know', async () => {
  const fields = copyFieldsOf(await html('/apis/orders'));
  for (const url of fields.get('Metadata URL') ?? []) {
    const metadata = (await (await fetch(url)).json()) as Record<string, string>;
    expect(fields.get('Authorize URL')).toContain(metadata.authorization_endpoint);
    expect(fields.get('Token URL')).toContain(metadata.token_endpoint);
  }
  for (const url of fields.get('Authorize URL') ?? []) expect((await fetch(url)).status).toBe(400);
  const body = new URLSearchParams({ grant_type: 'authorization_code', client_id: 'nobody', client_secret: 'x', code: 'x' });
  for (const url of fields.get('Token URL') ?? []) expect((await fetch(url, { method: 'POST', body })).status).toBe(401);
  for (const url of fields.get('Endpoint URL') ?? []) expect((await fetch(url)).status).toBe(401);
});

test('G: scopes, lifetimes and plans stand in plain words', async () => {
  const page = await html('/apis/orders');
  for (const text of ['Read orders', 'Place orders', 'Works for 1 hour 30 minutes', 'Works once, for 14 days', 'Needs approval']) {
    expect(page).toContain(text);
  }
  expect(page).toContain('500 calls a minute, 10,000 an hour');
});

test('98: a protected auth method is not named anywhere', async () => {
  expect(await html('/apis/orders')).not.toMatch(/auditors/i);
});

describe('98: an API for a group only', () => {
  test.each(['/apis/secret', '/apis/secret/openapi.yaml', '/apis/nope', '/apis/nope/openapi.yaml'])('%s answers 404', async (path) => {
    const response = await get(path);
    expect(response.status).toBe(404);
    expect(await response.text()).toContain('Page not found');
  });
  test('looks like an unknown one, and is neither listed nor found', async () => {
    expect(await html('/apis/secret')).toBe(await html('/apis/nope'));
    for (const path of ['/', '/apis', '/apis?q=Quarterly']) expect(await html(path)).not.toContain('Quarterly figures');
  });
  test('is shown with a note where it is meant for partners to see', async () => {
    expect(await html('/apis/partners')).toContain('only members of Partners can subscribe');
  });
});

test('W12: a deprecated API says so', async () => {
  expect(await html('/apis/old')).toContain('This API is deprecated');
  expect(await html('/apis')).toContain('Deprecated');
});

test.each(['/', '/apis', '/apis/evil', '/apis/orders', '/apis?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E&tag=%3Cimg%20src=x%3E'])(
  '98: nothing of the config, the Markdown or the address runs on %s',
  async (path) => {
    const page = await html(path);
    expect(page.match(/<script/g)).toHaveLength(1);
    expect(page).not.toMatch(/<img src=x|href="javascript/i);
  },
);

test.each([
  ['/', 200],
  ['/apis', 200],
  ['/apis/orders', 200],
  ['/apis/orders?method=corporate&client=public', 200],
  ['/nope', 404],
  ['/apis/%E0%A4%A', 400],
  ['/apis/..%2f..%2fgatehouse.yaml', 404],
])('14: %s answers %i with the header fields of a page', async (path, status) => {
  const response = await get(path);
  expect(response.status).toBe(status);
  expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(response.headers.get('content-security-policy')).toBe(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
  );
  expect(response.headers.get('x-frame-options')).toBe('DENY');
  expect(response.headers.get('referrer-policy')).toBe('no-referrer');
  expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  expect(response.headers.get('cross-origin-opener-policy')).toBe('same-origin');
  expect(response.headers.get('x-powered-by')).toBeNull();
});

test('the OpenAPI document is downloaded as it is, never shown as a page', async () => {
  const response = await get('/apis/orders/openapi.yaml');
  expect(response.headers.get('content-type')).toBe('text/yaml; charset=utf-8');
  expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  expect(response.headers.get('content-disposition')).toBe('attachment; filename="orders-openapi.yaml"');
  expect(await response.text()).toContain('Orders <script>');
  expect((await get('/apis/stock/openapi.yaml')).status).toBe(404);
});

const LONG = 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft';

test.each([
  ['', [LONG, 'Evil', 'Old orders', 'Orders', 'Partner prices', 'Status', 'Stock']],
  ['?q=ORDERS+place', ['Orders']],
  ['?tag=erp', [LONG, 'Orders', 'Stock']],
  ['?tag=erp&q=left', ['Stock']],
  ['?q=nothing-like-it', []],
  ['?q=stock&q=orders', ['Stock']],
])('the list answers "%s"', async (query, names) => {
  const titles = [...(await html(`/apis${query}`)).matchAll(/class="card-title"><a [^>]*>([^<]*)/g)].map(([, title]) => title as string);
  expect(titles.map((title) => title.replace(/ &lt;.*/, '')).sort()).toEqual(names);
});

test('pages load only what is there, and their links lead somewhere', async () => {
  const seen = new Set<string>();
  const queue = ['/'];
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    if (seen.has(path)) continue;
    seen.add(path);
    const response = await get(path);
    expect([path, response.status]).toEqual([path, 200]);
    if (!response.headers.get('content-type')?.startsWith('text/html')) continue;
    for (const [, href = ''] of (await response.text()).matchAll(/(?:href|src)="([^"#]*)(?:#[^"]*)?"/g)) {
      const url = new URL(href.replaceAll('&amp;', '&'), portal + path);
      if (url.origin === portal) queue.push(url.pathname + url.search);
    }
  }
  expect(seen.size).toBeGreaterThan(15);
});

test('a page that has not changed costs a 304; a reload of the config shows at once', async () => {
  const first = await get('/apis/status');
  const etag = first.headers.get('etag') as string;
  expect(first.headers.get('cache-control')).toBe('no-cache');
  // fetch adds `Cache-Control: no-cache` to a conditional request, which asks for the whole page.
  const again = await new Promise<IncomingMessage>((resolve, reject) => {
    request(`${portal}/apis/status`, { headers: { 'if-none-match': etag } }, resolve)
      .on('error', reject)
      .end();
  });
  again.resume();
  expect(again.statusCode).toBe(304);
  installation.writeConfig('apis/status/description.md', 'It is *renovated*.');
  await until(async () => (await html('/apis/status')).includes('<em>renovated</em>'), 'the new description is shown', 10_000);
});

test('/healthz says that it serves', async () => {
  const response = await get('/healthz');
  expect([response.status, await response.json()]).toEqual([200, { status: 'ok' }]);
});
