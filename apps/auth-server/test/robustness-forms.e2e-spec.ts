import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type TestInstallation, until } from '../../../test/harness/installation.js';
import { type Visit, WebSession } from '../../../test/harness/web-session.js';
import { ADA, authorizeUrl, CLIENTS, goOn, issuerOf, logIn, type Person, startFixture } from './flow-driver.js';

/** Forms of clients and of people: whatever is sent, no answer is a 5xx. */

let installation: TestInstallation;
let auth: string;
let issuer: string;

beforeAll(async () => {
  installation = await startFixture();
  auth = installation.urls.auth;
  issuer = issuerOf(installation, CLIENTS.shop);
});
afterAll(() => installation.stop());
/** All of it comes from one address, whose limits others test. */
beforeEach(async () => {
  await installation.sql('DELETE FROM failure_count');
});

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('\0', '\ud800', '%', '../', 'http://localhost/', '__proto__', 'x'.repeat(3_000)),
);
const encode = (value: string): string => [...Buffer.from(value)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
const form = (pairs: readonly (readonly [string, string])[]): string =>
  pairs.map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&');
const fields = (names: readonly string[]) =>
  fc.array(fc.tuple(fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...names) }, { weight: 1, arbitrary: text }), text), { maxLength: 6 });
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

describe.each([
  ['revoke', ['token', 'token_type_hint', 'client_id', 'client_secret']],
  ['introspect', ['token', 'token_type_hint', 'client_id', 'client_secret']],
  ['device_authorization', ['client_id', 'client_secret', 'scope', 'resource']],
  ['userinfo', ['access_token']],
  [
    'authorize',
    ['client_id', 'redirect_uri', 'response_type', 'scope', 'state', 'nonce', 'max_age', 'id_token_hint', 'ui_locales', 'namespace'],
  ],
] as const)('20, 52, 53: %s', (endpoint, names) => {
  test.each([true, false])('a form; client known: %s', async (known) => {
    const { id, secret } = CLIENTS.shop;
    const authorization = `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
    const headers = { ...FORM, ...(known && !['authorize', 'userinfo'].includes(endpoint) ? { authorization } : {}) };
    const base = known && endpoint === 'authorize' ? `${authorizeUrl('', CLIENTS.shop).split('?')[1]}&` : '';
    await fc.assert(
      fc.asyncProperty(fields(names), async (pairs) => {
        const response = await fetch(`${issuer}/${endpoint}`, { method: 'POST', headers, body: base + form(pairs), redirect: 'manual' });
        expect(response.status).toBeLessThan(500);
        expect(response.headers.get('location') ?? '').not.toMatch(/server_error|temporarily_unavailable/);
      }),
      { numRuns: known ? 100 : 40 },
    );
  });
});

test('20, 52: fields for a bearer token, at userinfo', async () => {
  const field = fc.string({ unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)) });
  const token = fc.oneof(
    field,
    fc.tuple(field, field, field).map((parts) => parts.map((part) => Buffer.from(part).toString('base64url')).join('.')),
  );
  await fc.assert(
    fc.asyncProperty(token, async (sent) => {
      const response = await fetch(`${issuer}/userinfo`, { headers: { authorization: `Bearer ${sent}` } });
      expect([400, 401]).toContain(response.status);
    }),
    { numRuns: 100 },
  );
});

/** Opens a page and takes what its form needs to be believed; what else is in it is made up. */
const formOf = (page: Visit): { action: string; csrf: string } => {
  const action = /<form\b[^>]*action="([^"]*)"/.exec(page.body)?.[1] ?? '';
  const csrf = /name="csrf" value="([^"]*)"/.exec(page.body)?.[1];
  if (csrf === undefined) throw new Error(`No form on ${page.url} (${page.status})`);
  return { action: new URL(action.replaceAll('&amp;', '&'), page.url).href, csrf };
};

const loggedIn = async (session: WebSession): Promise<Visit> => logIn(session, await session.get(`${auth}/local/login`), ADA);

let people = 0;
/** Asks for a mail, and opens the link in it: it is in the log where there is no mail server. */
async function openLink(session: WebSession, page: string, fields: Record<string, string>): Promise<Visit> {
  const links = () => installation.output().match(/http:[^"\s]*\?token=[\w-]{43}/g) ?? [];
  const before = links().length;
  await session.submit(await session.get(auth + page), fields);
  await until(() => links().length > before, 'the mail, in the log');
  return session.get(links().at(-1) as string);
}
async function signUp(session: WebSession): Promise<Person> {
  const person = { email: `person-${++people}@example.org`, password: 'seven green bottles' };
  await session.submit(await openLink(session, '/local/signup', person), {});
  return person;
}

/** Hashing and waiting are part of some: these get few runs, side by side. */
describe.each<[string, readonly string[], number, (session: WebSession) => Promise<Visit>]>([
  ['login', ['email', 'password', 'request'], 30, (session) => session.get(`${auth}/local/login`)],
  ['sign-up', ['email', 'password'], 30, (session) => session.get(`${auth}/local/signup`)],
  ['forgotten password', ['email'], 30, (session) => session.get(`${auth}/local/forgot-password`)],
  [
    'reset password',
    ['password', 'token'],
    30,
    async (session) => openLink(session, '/local/forgot-password', { email: (await signUp(session)).email }),
  ],
  [
    'changed password',
    ['current', 'password'],
    30,
    async (session) => {
      await logIn(session, await session.get(`${auth}/local/login`), await signUp(session));
      return session.get(`${auth}/local/change-password`);
    },
  ],
  ['device', ['user_code'], 18, (session) => session.get(`${auth}/device`)],
  ['logout', ['id_token_hint', 'client_id', 'post_logout_redirect_uri', 'state'], 100, (session) => session.get(`${auth}/logout`)],
  [
    'consent',
    ['decision', 'request'],
    100,
    async (session) =>
      logIn(session, await goOn(session, await session.get(authorizeUrl(issuer, CLIENTS.shop, { prompt: 'consent' }))), ADA),
  ],
  ['account', ['application', 'api', 'session', 'id'], 100, (session) => loggedIn(session)],
])('14, 99: the form of %s', (name, names, runs, open) => {
  test.each(['its own token', 'no token'])('with %s and any fields', async (token) => {
    const session = new WebSession();
    const { action, csrf } = formOf(await open(session));
    const cookie = [...session.cookies(auth)].map(([key, value]) => `${key}=${value}`).join('; ');
    // One at least is what a person would send, so that the form does its work.
    const sent = [...fc.sample(fields(names), token === 'no token' ? 30 : runs), [[names[0] as string, 'allow']] as [string, string][]];
    const statuses = await Promise.all(
      sent.map(async (pairs) => {
        const body = form(token === 'no token' ? pairs : [...pairs.filter(([field]) => field !== 'csrf'), ['csrf', csrf]]);
        const headers = { ...FORM, cookie, origin: auth };
        const { status } = await fetch(action, { method: 'POST', headers, body, redirect: 'manual' });
        return [status, body] as const;
      }),
    );
    expect(statuses.filter(([status]) => status >= 500)).toEqual([]);
    // An application may ask for a logout by POST: it is begun anew by GET, which asks.
    const refusal = name === 'logout' ? 303 : 403;
    if (token === 'no token') expect(new Set(statuses.map(([status]) => status))).toEqual(new Set([refusal]));
    else expect(statuses.some(([status]) => status !== 403)).toBe(true);
  });
});

test('16: any cookie, at every page', async () => {
  const value = fc.string({ unit: fc.constantFrom(...'abcXYZ019-_%="\', /\\') });
  const names = ['gatehouse-session-local', 'gatehouse-browser', 'gatehouse-session-nope', '__Host-gatehouse-browser', '__proto__'];
  const cookie = fc.array(fc.tuple(fc.oneof(fc.constantFrom(...names), value), value), { maxLength: 5 });
  const pages = ['/account', '/local/login', '/device', '/logout', '/local/signup', '/local/change-password', '/local/consent?request=x'];
  await fc.assert(
    fc.asyncProperty(cookie, fc.constantFrom(...pages), async (pairs, page) => {
      const headers = { cookie: pairs.map(([name, text]) => `${name}=${text}`).join('; ') };
      const { status } = await fetch(auth + page, { headers, redirect: 'manual' });
      expect(status).toBeLessThan(500);
    }),
    { numRuns: 150 },
  );
});
