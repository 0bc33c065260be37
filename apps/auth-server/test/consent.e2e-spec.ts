import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { TestInstallation } from '../../../test/harness/installation.js';
import { type Visit, WebSession } from '../../../test/harness/web-session.js';
import {
  ADA,
  answerConsent,
  authorize,
  authorizeUrl,
  BOB,
  CLIENTS,
  exchange,
  goOn,
  issuerOf,
  logIn,
  newProofKey,
  refresh,
  returned,
  startFixture,
} from './flow-driver.js';

let installation: TestInstallation;
let issuer: string;
const { shop } = CLIENTS;

beforeAll(async () => {
  installation = await startFixture();
  issuer = issuerOf(installation, shop);
});
afterAll(() => installation.stop());

const asksConsent = (visit: Visit): boolean => visit.body.includes('name="decision"');

/** The first visit of a person who is not logged in. */
async function firstVisit(session: WebSession, url: string, person = ADA): Promise<Visit> {
  return logIn(session, await goOn(session, await session.get(url)), person);
}

describe('W1: the consent page', () => {
  test('shows scopes with descriptions, application, person and where it leads; denial is told', async () => {
    const session = new WebSession();
    const page = await firstVisit(session, authorizeUrl(issuer, shop, { scope: 'read admin' }));
    for (const text of ['Shop', 'Read your orders', 'Cancel &lt;b>any&lt;/b> order', 'ada@example.com', 'shop.example']) {
      expect(page.body).toContain(text);
    }
    expect(page.body).not.toContain('Place orders');
    const denied = await answerConsent(session, page, 'deny');
    expect(denied.status).toBe(302);
    expect(returned(denied)).toEqual({ error: 'access_denied', error_description: expect.any(String), state: 'st', iss: issuer });
    expect(asksConsent(await goOn(session, await session.get(authorizeUrl(issuer, shop, { scope: 'read' }))))).toBe(true);
  });

  test('B: asked once, then remembered for this application at this API; more scopes are asked for again', async () => {
    const session = new WebSession();
    const read = authorizeUrl(issuer, shop, { scope: 'read' });
    const page = await firstVisit(session, read, BOB);
    expect(returned(await answerConsent(session, page, 'allow')).code).toBeDefined();
    expect(returned(await session.get(read)).code).toBeDefined();
    expect(returned(await session.get(authorizeUrl(issuer, shop))).code).toBeDefined();
    const more = await goOn(session, await session.get(authorizeUrl(issuer, shop, { scope: 'read write' })));
    expect(asksConsent(more)).toBe(true);
    await answerConsent(session, more, 'allow');
    expect(returned(await session.get(authorizeUrl(issuer, shop, { scope: 'write' }))).code).toBeDefined();
    const otherApi = issuerOf(installation, CLIENTS.shopReports);
    const elsewhere = await goOn(session, await session.get(authorizeUrl(otherApi, CLIENTS.shopReports, { scope: 'sales' })));
    expect(asksConsent(elsewhere)).toBe(true);
  });

  test('13: prompt=none without consent → consent_required; prompt=consent asks again', async () => {
    const session = new WebSession();
    const { reader } = CLIENTS;
    await firstVisit(session, authorizeUrl(issuer, reader, { scope: 'read' }));
    const silent = await session.get(authorizeUrl(issuer, reader, { scope: 'read', prompt: 'none' }));
    expect(returned(silent).error).toBe('consent_required');
    await authorize(session, authorizeUrl(issuer, reader, { scope: 'read' }));
    const again = await goOn(session, await session.get(authorizeUrl(issuer, reader, { scope: 'read', prompt: 'consent' })));
    expect(asksConsent(again)).toBe(true);
    expect(returned(await answerConsent(session, again, 'allow')).code).toBeDefined();
  });

  test('B: a trusted subscription is not asked', async () => {
    const back = await firstVisit(new WebSession(), authorizeUrl(issuer, CLIENTS.house));
    expect(returned(back).code).toBeDefined();
  });

  test('17 (8252 §8.6): a public client that anyone can pose as is asked for each time; one at its https address is not', async () => {
    const session = new WebSession();
    const { challenge } = newProofKey();
    for (const redirect_uri of ['http://127.0.0.1:5000/cb', 'com.example.pocket:/cb']) {
      const url = authorizeUrl(issuer, CLIENTS.pocket, { ...challenge, redirect_uri, scope: 'read' });
      expect(returned(await authorize(session, url)).code).toBeDefined();
      expect(asksConsent(await goOn(session, await session.get(url)))).toBe(true);
      expect(returned(await session.get(`${url}&prompt=none`)).error).toBe('consent_required');
    }
    const page = authorizeUrl(issuer, CLIENTS.page, { ...challenge, scope: 'read' });
    await authorize(session, page);
    expect(returned(await session.get(page)).code).toBeDefined();
  });

  test('14, 18: an answer without its token, or to a page that another person saw, is refused', async () => {
    const session = new WebSession();
    const url = authorizeUrl(issuer, CLIENTS.mute);
    const page = await firstVisit(session, url);
    expect((await session.post(page.url, { decision: 'allow' })).status).toBe(403);
    const other = await goOn(session, await session.get(`${url}&prompt=login`));
    await logIn(session, other, BOB);
    const answer = await session.submit(page, {}, { marker: 'decision', button: ['decision', 'allow'] });
    expect(answer.status).toBe(403);
  });

  test('consent before login, or after logout, leads to the login page', async () => {
    const session = new WebSession();
    const login = await goOn(session, await session.get(authorizeUrl(issuer, CLIENTS.mute)));
    const consent = await goOn(session, await session.get(login.url.replace('/login?', '/consent?')));
    expect(consent.body).toContain('name="password"');
  });
});

describe('W1, W3: account', () => {
  test('a person sees consents and sessions, revokes them, and tokens die with them', async () => {
    const session = new WebSession();
    const url = authorizeUrl(issuer, CLIENTS.reader, { scope: 'read', prompt: 'consent' });
    const { code } = returned(await authorize(session, url));
    const { body: tokens } = await exchange(issuer, CLIENTS.reader, code as string);
    const calls = async () =>
      (await fetch(`${installation.urls.gateway}/orders/v1`, { headers: { authorization: `Bearer ${tokens.access_token}` } })).status;
    expect(await calls()).not.toBe(401);

    const account = await session.get(`${installation.urls.auth}/account`);
    expect(account.body).toContain('ada@example.com');
    expect(account.body).toContain('Reader');
    expect(account.body).toContain('Read your orders');
    const revoked = await session.submit(account, {}, { marker: 'value="reader"' });
    expect(revoked.status).toBe(303);
    expect((await session.get(revoked.location as string)).body).not.toContain('Reader');

    expect(await refresh(issuer, CLIENTS.reader, tokens.refresh_token)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    const gone = Date.now() + 20_000;
    while ((await calls()) !== 401 && Date.now() < gone) await new Promise((done) => setTimeout(done, 20));
    expect(await calls()).toBe(401);
    const again = await goOn(session, await session.get(authorizeUrl(issuer, CLIENTS.reader, { scope: 'read' })));
    expect(asksConsent(again)).toBe(true);
  });

  test('a code given out before a consent was revoked is worth nothing after it', async () => {
    const session = new WebSession();
    const { code } = returned(await authorize(session, authorizeUrl(issuer, CLIENTS.reader, { scope: 'read' })));
    const account = await session.get(`${installation.urls.auth}/account`);
    await session.submit(account, {}, { marker: 'value="reader"' });
    expect((await exchange(issuer, CLIENTS.reader, code as string)).body.error).toBe('invalid_grant');
  });

  test('ending a session logs that browser out', async () => {
    const here = new WebSession();
    await authorize(here, authorizeUrl(issuer, CLIENTS.house));
    const account = await here.get(`${installation.urls.auth}/account`);
    const own = /This browser[\s\S]*?name="session" value="([0-9a-f]{64})"/.exec(account.body)?.[1] as string;
    expect((await here.submit(account, {}, { marker: own })).status).toBe(303);
    expect(returned(await here.get(authorizeUrl(issuer, CLIENTS.house, { prompt: 'none' }))).error).toBe('login_required');
  });

  test('98: nobody ends the session of another person', async () => {
    const bob = new WebSession();
    await authorize(bob, authorizeUrl(issuer, CLIENTS.house), BOB);
    const theirs = await bob.get(`${installation.urls.auth}/account`);
    const id = /name="session" value="([0-9a-f]{64})"/.exec(theirs.body)?.[1] as string;
    const ada = new WebSession();
    await authorize(ada, authorizeUrl(issuer, CLIENTS.house));
    const account = await ada.get(`${installation.urls.auth}/account`);
    await ada.submit(account, { session: id }, { marker: 'sessions/end' });
    expect(returned(await bob.get(authorizeUrl(issuer, CLIENTS.house, { prompt: 'none' }))).code).toBeDefined();
  });

  test('14: account forms without their token are refused', async () => {
    const session = new WebSession();
    await authorize(session, authorizeUrl(issuer, CLIENTS.house));
    for (const path of ['consents/revoke', 'sessions/end']) {
      expect((await session.post(`${installation.urls.auth}/account/${path}`, { application: 'shop', api: 'orders' })).status).toBe(403);
    }
  });

  test('who is not logged in chooses how, and comes back to the account and nowhere else', async () => {
    const session = new WebSession();
    const choice = await session.get(`${installation.urls.auth}/account`);
    expect(choice.body).toContain('/local/login');
    expect(choice.body).not.toContain('/off/login');
    const page = await session.get(`${installation.urls.auth}/local/login?return=https://evil.example&redirect_uri=https://evil.example`);
    expect((await session.submit(page, ADA)).location).toBe(`${installation.urls.auth}/account`);
  });
});

describe('16: logout', () => {
  const logout = async (query: string) => {
    const session = new WebSession();
    await authorize(session, authorizeUrl(issuer, CLIENTS.house));
    const asked = await session.get(`${installation.urls.auth}/logout${query}`);
    const still = returned(await session.get(authorizeUrl(issuer, CLIENTS.house, { prompt: 'none' })));
    expect([asked.status, still.error]).toEqual([200, undefined]);
    const done = await session.submit(asked, {});
    expect(returned(await session.get(authorizeUrl(issuer, CLIENTS.house, { prompt: 'none' }))).error).toBe('login_required');
    return done;
  };

  test('asks first, then ends the session', async () => {
    expect(await logout('')).toMatchObject({ status: 200, location: null });
  });

  test('leads back to a registered address, with state', async () => {
    const query = new URLSearchParams({ client_id: 'house-orders', post_logout_redirect_uri: 'https://house.example/cb', state: 'a b' });
    expect(await logout(`?${query}`)).toMatchObject({ status: 303, location: 'https://house.example/cb?state=a%20b' });
  });

  test.each([
    'client_id=house-orders&post_logout_redirect_uri=https://evil.example/',
    'client_id=house-orders&post_logout_redirect_uri=https://shop.example/cb',
    'post_logout_redirect_uri=https://house.example/cb',
    'client_id=nobody&post_logout_redirect_uri=https://house.example/cb',
  ])('9700 §4.11: never elsewhere: %s', async (query) => {
    expect(await logout(`?${query}`)).toMatchObject({ status: 200, location: null });
  });

  test('a link or a foreign form alone logs nobody out', async () => {
    const session = new WebSession();
    await authorize(session, authorizeUrl(issuer, CLIENTS.house));
    // RP-Initiated Logout §2: a form of an application is a request, and asked again by GET; one that poses as ours is refused.
    const asked = await session.post(`${installation.urls.auth}/logout`, {});
    expect([asked.status, asked.location]).toEqual([303, `${installation.urls.auth}/logout`]);
    expect((await session.post(`${installation.urls.auth}/logout`, { csrf: 'forged' })).status).toBe(403);
    expect(returned(await session.get(authorizeUrl(issuer, CLIENTS.house, { prompt: 'none' }))).error).toBeUndefined();
  });
});
