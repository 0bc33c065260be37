import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { RegistrySnapshot } from '#config/registry.js';
import { pageSite } from '../page/page-site.js';
import { serveAssets } from './serve-assets.js';

const svg = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>';

function snapshotWith(color: string, publicUrl = 'http://localhost:8020'): RegistrySnapshot {
  return {
    title: 'Acme',
    publicUrls: { gateway: publicUrl, auth: publicUrl, portal: publicUrl },
    portal: { theme: { color, logo: { contentType: 'image/svg+xml', bytes: Buffer.from(svg) } } },
  } as unknown as RegistrySnapshot;
}

const registry = { snapshot: snapshotWith('#0b5fff') };
const handle = serveAssets(registry);
const server = createServer((request, response) => handle(request, response, () => response.writeHead(404).end('next')));
let origin: string;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

test('everything that a page names is there, kept for ever under its hashed address', async () => {
  const site = pageSite(registry.snapshot, 'portal');
  for (const path of [...site.stylesheetUrls, site.scriptUrl, site.iconUrl, site.logoUrl as string]) {
    const response = await fetch(origin + path);
    expect([path, response.status]).toEqual([path, 200]);
    expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    const again = await fetch(origin + path, { headers: { 'if-none-match': response.headers.get('etag') as string } });
    expect(again.status).toBe(304);
  }
});

test('98: a logo with a script in it is sandboxed', async () => {
  const response = await fetch(origin + pageSite(registry.snapshot, 'portal').logoUrl);
  expect(await response.text()).toBe(svg);
  expect(response.headers.get('content-type')).toBe('image/svg+xml');
  expect(response.headers.get('content-security-policy')).toContain('sandbox');
});

test('an address of another version gets the present file, not to be kept', async () => {
  const response = await fetch(`${origin}/assets/theme-0000000000000000.css`);
  expect(response.status).toBe(200);
  expect(response.headers.get('cache-control')).toBe('no-cache');
});

test.each(['/assets/', '/assets/nope-0000000000000000.css', '/assets/../package.json', '/assets/theme.css', '/other'])(
  '%s is left to the next handler',
  async (path) => {
    expect((await fetch(origin + path)).status).toBe(404);
  },
);

test('a reload with another colour has another stylesheet', () => {
  const before = pageSite(registry.snapshot, 'portal').stylesheetUrls;
  const after = pageSite(snapshotWith('#ff0000'), 'portal').stylesheetUrls;
  expect(after[0]).toBe(before[0]);
  expect(after[1]).not.toBe(before[1]);
});

test('assets stand below the path of the public URL', () => {
  expect(pageSite(snapshotWith('#0b5fff', 'https://acme.example/portal'), 'portal').scriptUrl).toMatch(/^\/portal\/assets\/copy-/);
});
