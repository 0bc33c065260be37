/** Limits on what a client sends, metadata for one that was refused, and what shared caches may keep. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type GatewayUnderTest, rawClient, rawExchange, startGatewayUnderTest } from './gateway-under-test.js';

let gateway: GatewayUnderTest;
beforeAll(async () => {
  gateway = await startGatewayUnderTest({
    files: {
      'apis/gone/api.yaml': `name: Small bodies
auth: none
upstream: { url: "\${UPSTREAM_URL}" }
maxBodySize: 1kb
routes:
  - { paths: [/small] }
  - { paths: [/small/larger], maxBodySize: 2kb }
`,
    },
  });
});
afterAll(() => gateway?.stop());

const H = 'Host: x\r\n';

describe('BEHAVIOURS 85: a body beyond the limit', () => {
  test.each([
    ['/small/echo', 1_024, 200],
    ['/small/echo', 1_025, 413],
    ['/small/larger', 2_048, 200],
    ['/small/larger', 2_049, 413],
    ['/open/echo', 200_000, 200],
  ])('%s with %i bytes', async (path, length, status) => {
    const answer = await rawExchange(
      gateway.port,
      `POST ${path} HTTP/1.1\r\n${H}Connection: close\r\nContent-Length: ${length}\r\n\r\n${'x'.repeat(length)}`,
    );
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  });

  test('whose length is announced is refused before it comes, and before the upstream is asked', async () => {
    const before = await gateway.sight();
    const answer = await rawExchange(gateway.port, `POST /small/echo HTTP/1.1\r\n${H}Expect: 100-continue\r\nContent-Length: 5000\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 413 [\s\S]*application\/problem\+json/);
    expect((await gateway.sight()).requests).toBe(before.requests);
  });

  test('that comes in chunks is refused while it comes, and the upstream let go', async () => {
    const client = rawClient(gateway.port);
    client.send(`POST /small/sink HTTP/1.1\r\n${H}Transfer-Encoding: chunked\r\n\r\n200\r\n${'x'.repeat(512)}\r\n`);
    client.send(`300\r\n${'x'.repeat(768)}\r\n`);
    expect(await client.waitFor(/\r\n\r\n/)).toMatch(/^HTTP\/1\.1 413 /);
    client.socket.destroy();
  });

  test('a target that is longer than all of a head may be is 414', async () => {
    expect(await rawExchange(gateway.port, `GET /${'a'.repeat(40_000)} HTTP/1.1\r\n${H}\r\n`)).toMatch(/^HTTP\/1\.1 414 /);
  });
});

describe('BEHAVIOURS 61, RFC 9728: protected resource metadata', () => {
  const metadataOf = (challenge: string | null): string => /resource_metadata="([^"]*)"/.exec(challenge ?? '')?.[1] ?? '';

  test('a refused client finds it by the challenge, and the resource is what it called', async () => {
    const refused = await fetch(`${gateway.url}/orders/v1/admin/x`);
    const url = metadataOf(refused.headers.get('www-authenticate'));
    expect(url).toBe(`${gateway.url}/.well-known/oauth-protected-resource/orders/v1/admin`);
    const metadata = await fetch(url);
    expect([metadata.status, metadata.headers.get('content-type'), metadata.headers.get('access-control-allow-origin')]).toEqual([
      200,
      'application/json',
      '*',
    ]);
    expect(await metadata.json()).toEqual({
      resource: `${gateway.url}/orders/v1/admin`,
      resource_name: 'Orders "EU"',
      authorization_servers: [`${gateway.installation.urls.auth}/local/api/orders`],
      scopes_supported: ['read', 'write'],
      bearer_methods_supported: ['header'],
    });
  });

  test('every 401 and 403 of such an API names it', async () => {
    const token = await gateway.issueToken('orders');
    for (const [path, authorization, status] of [
      ['/orders/v1/echo', 'Bearer junk', 401],
      ['/orders/v1/admin', `Bearer ${token}`, 403],
      ['/both/echo', '', 401],
    ] as const) {
      const refused = await fetch(gateway.url + path, { headers: authorization ? { authorization } : {} });
      expect(refused.status).toBe(status);
      expect(metadataOf(refused.headers.get('www-authenticate'))).toMatch(/^http.*\/\.well-known\/oauth-protected-resource\/(orders|both)/);
    }
  });

  test.each(['/reports', '/open', '', '/orders', '/orders/v10'])('there is none at %j', async (path) => {
    expect((await fetch(`${gateway.url}/.well-known/oauth-protected-resource${path}`)).status).toBe(404);
  });

  test('APIs without tokens do not name it; HEAD and a preflight are answered, POST is not', async () => {
    expect((await fetch(`${gateway.url}/reports/echo`)).headers.get('www-authenticate')).not.toContain('resource_metadata');
    const url = `${gateway.url}/.well-known/oauth-protected-resource/orders/v1`;
    const statuses = await Promise.all(['HEAD', 'OPTIONS', 'POST'].map(async (method) => (await fetch(url, { method })).status));
    expect(statuses).toEqual([200, 204, 405]);
  });
});

test('BEHAVIOURS 67: an answer to a key is private where the upstream does not say otherwise, one to a token stays as it is', async () => {
  const byKey = await fetch(`${gateway.url}/reports/echo`, { headers: { 'x-apikey': 'shop-key' } });
  expect(byKey.headers.get('cache-control')).toBe('private');
  const authorization = `Bearer ${await gateway.issueToken('orders')}`;
  expect((await fetch(`${gateway.url}/orders/v1/echo`, { headers: { authorization } })).headers.get('cache-control')).toBeNull();
});
