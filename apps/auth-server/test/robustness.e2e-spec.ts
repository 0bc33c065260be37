import { Agent, request } from 'node:http';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { TestInstallation } from '../../../test/harness/installation.js';
import { CLIENTS, issuerOf, startFixture } from './flow-driver.js';

/** Whatever is sent, no answer is a 5xx: every fault has its own status and words. */

let installation: TestInstallation;
let issuer: string;

beforeAll(async () => {
  installation = await startFixture();
  issuer = issuerOf(installation, CLIENTS.shop);
});
afterAll(async () => {
  agent.destroy();
  await installation.stop();
});

const agent = new Agent({ keepAlive: true });
const runs = { numRuns: 150 };
const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('\0', '\ud800', 'read', 'none', 'S256', 'code', '%', '../'),
);
/** Percent-encodes as bytes come, lone surrogates included. */
const encode = (value: string): string => [...Buffer.from(value)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');

const AUTHORIZE = [
  'scope',
  'state',
  'code_challenge',
  'code_challenge_method',
  'prompt',
  'login_hint',
  'resource',
  'response_type',
  'x',
] as const;
const TOKEN = [
  'grant_type',
  'client_id',
  'client_secret',
  'code',
  'redirect_uri',
  'code_verifier',
  'refresh_token',
  'scope',
  'resource',
] as const;

const pairs = (names: readonly string[]) => fc.array(fc.tuple(fc.oneof(fc.constantFrom(...names), text), text), { maxLength: 6 });

test('5, 8: the authorization endpoint', async () => {
  await fc.assert(
    fc.asyncProperty(pairs(AUTHORIZE), fc.boolean(), async (parameters, known) => {
      const base = known ? 'client_id=shop-orders&redirect_uri=https%3A%2F%2Fshop.example%2Fcb&response_type=code&' : '';
      const query = base + parameters.map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&');
      const response = await fetch(`${issuer}/authorize?${query}`, { redirect: 'manual' });
      const { status } = response;
      expect(status).toBeLessThan(500);
      expect(response.headers.get('location') ?? '').not.toContain('server_error');
    }),
    runs,
  );
});

test('1, 2: a redirect URI that is not registered is never redirected to, whatever it is', async () => {
  const registered = CLIENTS.shop.redirectUri;
  const near = fc.tuple(fc.nat(registered.length), text).map(([at, more]) => registered.slice(0, at) + more + registered.slice(at));
  const uri = fc.oneof(text, near, fc.webUrl({ withFragments: true, withQueryParameters: true }));
  await fc.assert(
    fc.asyncProperty(uri, text, async (redirectUri, state) => {
      fc.pre(redirectUri !== registered);
      const query = `client_id=shop-orders&response_type=code&redirect_uri=${encode(redirectUri)}&state=${encode(state)}`;
      const response = await fetch(`${issuer}/authorize?${query}`, { redirect: 'manual' });
      expect([response.status, response.headers.get('location')]).toEqual([400, null]);
    }),
    runs,
  );
});

test('19: a scope is syntax that is refused, or a name that is: at both endpoints', async () => {
  const word = fc.oneof(fc.constantFrom('read', 'write', 'admin', 'openid'), text);
  const scope = fc.oneof(
    text,
    fc.array(word, { maxLength: 5 }).map((words) => words.join(' ')),
  );
  await fc.assert(
    fc.asyncProperty(scope, async (asked) => {
      const base = 'client_id=shop-orders&redirect_uri=https%3A%2F%2Fshop.example%2Fcb&response_type=code';
      const response = await fetch(`${issuer}/authorize?${base}&scope=${encode(asked)}`, { redirect: 'manual' });
      const location = response.headers.get('location') ?? '';
      expect(response.status).toBeLessThan(400);
      expect(location).toMatch(/^https:\/\/shop\.example\/cb\?error=invalid_(scope|request)|\/local\/login\?/);
      const body = `grant_type=client_credentials&client_id=shop-orders&client_secret=shop-orders-secret&scope=${encode(asked)}`;
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      const answer = await fetch(`${issuer}/token`, { method: 'POST', headers, body });
      expect([200, 400]).toContain(answer.status);
      if (answer.status === 400) expect((await answer.json()).error).toMatch(/^invalid_(scope|request)$/);
    }),
    runs,
  );
});

test('20: any JSON as the body of the token endpoint', async () => {
  const member = fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.constantFrom('client_credentials', 'shop-orders', '__proto__'));
  const value = fc.oneof(fc.jsonValue(), fc.dictionary(fc.constantFrom(...TOKEN, '__proto__', 'constructor'), member));
  await fc.assert(
    fc.asyncProperty(value, async (sent) => {
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(`${issuer}/token`, { method: 'POST', headers, body: JSON.stringify(sent) });
      expect([400, 401]).toContain(response.status);
      expect((await response.json()).error).toMatch(/^[a-z_]+$/);
    }),
    runs,
  );
});

test('22: well-formed Basic with anything inside', async () => {
  const half = fc.oneof(text, fc.constantFrom('shop-orders', '%00', '%', '%FF', '+', ':'), text.map(encode));
  await fc.assert(
    fc.asyncProperty(half, half, async (id, secret) => {
      const headers = {
        authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
        'content-type': 'application/x-www-form-urlencoded',
      };
      const response = await fetch(`${issuer}/token`, { method: 'POST', headers, body: 'grant_type=client_credentials' });
      expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, expect.stringMatching(/^Basic /)]);
    }),
    // Each failed authentication takes its time.
    { numRuns: 50 },
  );
});

test.each(['form', 'json', 'raw'] as const)('20: the token endpoint with a %s body', async (kind) => {
  const grants = fc.constantFrom('authorization_code', 'refresh_token', 'client_credentials', 'x');
  await fc.assert(
    fc.asyncProperty(pairs(TOKEN), grants, text, async (parameters, grant, raw) => {
      const start: [string, string][] = [
        ['grant_type', grant],
        ['client_id', 'shop-orders'],
        ['client_secret', 'shop-orders-secret'],
        ['code', raw],
        ['refresh_token', raw],
      ];
      const unique = new Map([...start, ...parameters]);
      const body = {
        form: [...unique].map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&'),
        json: JSON.stringify(Object.fromEntries(unique)),
        raw,
      }[kind];
      const type = kind === 'form' ? 'application/x-www-form-urlencoded' : 'application/json';
      const response = await fetch(`${issuer}/token`, { method: 'POST', headers: { 'content-type': type }, body });
      expect(response.status).toBeLessThan(500);
      expect(await response.json()).toEqual(
        expect.objectContaining(response.status === 200 ? { access_token: expect.any(String) } : { error: expect.any(String) }),
      );
    }),
    runs,
  );
});

/** By `node:http`, which sends fields that fetch would not. */
const statusOf = (method: string, url: string, headers: Record<string, string>): Promise<number> =>
  new Promise((done, failed) => {
    const sent = request(url, { method, headers, agent }, (response) => {
      response.resume();
      response.once('end', () => done(response.statusCode ?? 0));
    });
    sent.once('error', failed);
    sent.end(method === 'POST' ? 'grant_type=client_credentials' : undefined);
  });

test('22: Authorization and Cookie fields', async () => {
  const field = fc.string({
    unit: fc
      .integer({ min: 0x20, max: 0xff })
      .filter((code) => code !== 0x7f)
      .map((code) => String.fromCharCode(code)),
  });
  await fc.assert(
    fc.asyncProperty(field, field, async (authorization, cookie) => {
      const headers = { authorization: `Basic ${authorization}`, cookie: `gatehouse-session-local=${cookie}; gatehouse-browser=${cookie}` };
      const form = { ...headers, 'content-type': 'application/x-www-form-urlencoded' };
      expect(await statusOf('POST', `${issuer}/token`, form)).toBe(401);
      expect(await statusOf('GET', `${installation.urls.auth}/account`, headers)).toBe(200);
    }),
    runs,
  );
});

test('18: ids of flows, and paths', async () => {
  await fc.assert(
    fc.asyncProperty(text, fc.constantFrom('login', 'consent', 'continue'), async (id, step) => {
      const response = await fetch(`${installation.urls.auth}/local/${step}?request=${encode(id)}`, { redirect: 'manual' });
      expect(response.status).toBeLessThan(500);
      const path = await fetch(`${installation.urls.auth}/${encode(id)}/api/${encode(id)}/authorize`, { redirect: 'manual' });
      expect([400, 404]).toContain(path.status);
    }),
    runs,
  );
});

test.each(['/%ZZ/api/orders/authorize', '/local/api/%FF/token', '/%c0%ae', '/nothing/here'])('the path %s', async (path) => {
  const response = await fetch(installation.urls.auth + path);
  expect([400, 404]).toContain(response.status);
});
