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
