import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { TestInstallation } from '../../../test/harness/installation.js';
import { WebSession } from '../../../test/harness/web-session.js';
import { ADA, authorize, authorizeUrl, BOB, CLIENTS, goOn, issuerOf, logIn, returned, startFixture } from './flow-driver.js';

let installation: TestInstallation;
let issuer: string;
let url: string;

beforeAll(async () => {
  installation = await startFixture();
  issuer = issuerOf(installation, CLIENTS.house);
  url = authorizeUrl(issuer, CLIENTS.house);
});
afterAll(() => installation.stop());

async function loginPage(session: WebSession, target = url) {
  return goOn(session, await session.get(target));
}

/** The page without what differs from one form to the next. */
const plain = (body: string): string => body.replace(/name="csrf" value="[^"]*"/g, '').replace(/value="[^"]*@[^"]*"/g, '');

describe('W5: a login that fails', () => {
  test('the same form again for a wrong password and an unknown person, 500 ms later, the name kept', async () => {
    const session = new WebSession();
    const page = await loginPage(session);
    const bodies: string[] = [];
    for (const email of ['ada@example.com', 'nobody@example.com']) {
      const begun = performance.now();
      const again = await session.submit(page, { email, password: 'wrong' });
      expect(performance.now() - begun).toBeGreaterThanOrEqual(490);
      expect([again.status, again.location]).toEqual([200, null]);
      expect(again.body).toContain(`value="${email}"`);
      expect(again.body).not.toContain('value="wrong"');
      bodies.push(plain(again.body));
    }
    expect(bodies[0]).toBe(bodies[1]);
    expect(bodies[0]).toContain('role="alert"');
  });

  test('a blocked person and one not yet validated get the same answer, with the right password too', async () => {
    await installation.sql(`UPDATE user_account SET blocked = true WHERE email = 'outcast@example.com'`);
    const session = new WebSession();
    const page = await loginPage(session);
    const wrong = await session.submit(page, { email: 'ada@example.com', password: 'wrong' });
    for (const person of [
      { email: 'outcast@example.com', password: 'to-be-blocked' },
      { email: 'newcomer@example.com', password: 'not-yet-validated' },
    ]) {
      expect(plain((await session.submit(page, person)).body)).toBe(plain(wrong.body));
    }
  });

  test('trustUsers: who is not validated yet logs in through a method that trusts', async () => {
    const staff = authorizeUrl(issuerOf(installation, CLIENTS.house, 'staff'), CLIENTS.house);
    const back = await authorize(new WebSession(), staff, { email: 'newcomer@example.com', password: 'not-yet-validated' });
    expect(returned(back).code).toBeDefined();
  });

  test.each([
    {},
    { email: '' },
    { email: 'ada@example.com' },
    { email: 'ada@example.com', password: '' },
    { email: 'a\0b', password: 'x' },
  ])('an incomplete form %j: the form again', async (fields) => {
    const session = new WebSession();
    const page = await loginPage(session);
    const again = await session.submit(page, { email: '', ...fields } as Record<string, string>);
    expect([again.status, again.body.includes('name="password"')]).toEqual([200, true]);
  });

  test('the address is compared without case and blanks around it', async () => {
    const session = new WebSession();
    const back = await logIn(session, await loginPage(session), { ...ADA, email: ' Ada@Example.COM ' });
    expect(returned(back).code).toBeDefined();
  });
});

describe('13: prompt and login_hint', () => {
  test('a session serves silently; prompt=none then succeeds', async () => {
    const session = new WebSession();
    await authorize(session, url);
    const silent = await session.get(`${url}&prompt=none`);
    expect([silent.status, returned(silent).code]).toEqual([302, expect.any(String)]);
  });

  test('a session of one auth method is none of another', async () => {
    const session = new WebSession();
    await authorize(session, url);
    const staff = issuerOf(installation, CLIENTS.house, 'staff');
    const silent = await session.get(authorizeUrl(staff, CLIENTS.house, { prompt: 'none' }));
    expect(returned(silent)).toMatchObject({ error: 'login_required', iss: staff });
  });

  test('the id of a session is worth nothing as that of another auth method', async () => {
    const session = new WebSession();
    await authorize(session, url);
    const id = session.cookies(issuer).get('gatehouse-session-local');
    const staff = authorizeUrl(issuerOf(installation, CLIENTS.house, 'staff'), CLIENTS.house, { prompt: 'none' });
    const answer = await fetch(staff, { redirect: 'manual', headers: { cookie: `gatehouse-session-staff=${id}` } });
    expect(answer.headers.get('location')).toContain('error=login_required');
  });

  test.each(['login', 'select_account'])('prompt=%s asks who it is although someone is logged in', async (prompt) => {
    const session = new WebSession();
    await authorize(session, url);
    const page = await loginPage(session, `${url}&prompt=${prompt}`);
    expect(page.body).toContain('name="password"');
    expect(returned(await logIn(session, page, BOB)).code).toBeDefined();
  });

  test('login_hint is filled in', async () => {
    const page = await loginPage(new WebSession(), `${url}&login_hint=x%22%3E%3Cb%3E@example.com`);
    expect(page.body).toContain('value="x&quot;>&lt;b>@example.com"');
  });
});

describe('14, 15, 16: forms, redirects, cookies', () => {
  test('14: pages cannot be framed or cached, leak no referrer and run no foreign script', async () => {
    const page = await loginPage(new WebSession());
    expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(page.headers.get('x-frame-options')).toBe('DENY');
    expect(page.headers.get('referrer-policy')).toBe('no-referrer');
    expect(page.headers.get('cache-control')).toBe('no-store');
  });

  test('14: a form without its token, or with that of another browser, is refused', async () => {
    const victim = new WebSession();
    const page = await loginPage(victim);
    expect((await victim.post(page.url, ADA)).status).toBe(403);
    const attacker = new WebSession();
    const stolen = /name="csrf" value="([^"]*)"/.exec((await attacker.get(`${installation.urls.auth}/local/login`)).body)?.[1] as string;
    expect((await victim.post(page.url, { ...ADA, csrf: stolen })).status).toBe(403);
    expect((await victim.post(`${installation.urls.auth}/local/login`, { ...ADA, csrf: stolen })).status).toBe(403);
  });

  test('15: after the password comes a 303', async () => {
    const session = new WebSession();
    expect((await session.submit(await loginPage(session), ADA)).status).toBe(303);
  });

  test('16: a login gets a new session id, HttpOnly and SameSite, and the old one is worth nothing', async () => {
    const session = new WebSession();
    const first = await session.submit(await loginPage(session), ADA);
    const cookie = first.headers.getSetCookie().find((line) => line.startsWith('gatehouse-session-local='));
    expect(cookie).toMatch(/; HttpOnly/);
    expect(cookie).toMatch(/; SameSite=Lax/);
    const old = session.cookies(issuer).get('gatehouse-session-local') as string;
    await session.submit(await loginPage(session, `${url}&prompt=login`), ADA);
    expect(session.cookies(issuer).get('gatehouse-session-local')).not.toBe(old);
    const withOld = await fetch(`${url}&prompt=none`, { redirect: 'manual', headers: { cookie: `gatehouse-session-local=${old}` } });
    expect(withOld.headers.get('location')).toContain('error=login_required');
  });

  test('16: a session id that the browser brought along is not adopted', async () => {
    const session = new WebSession();
    const page = await loginPage(session);
    const planted = 'A'.repeat(43);
    const browser = session.cookies(issuer).get('gatehouse-browser');
    const csrf = /name="csrf" value="([^"]*)"/.exec(page.body)?.[1] as string;
    const response = await fetch(page.url, {
      method: 'POST',
      redirect: 'manual',
      headers: { cookie: `gatehouse-browser=${browser}; gatehouse-session-local=${planted}` },
      body: new URLSearchParams({ ...ADA, csrf }),
    });
    expect(response.status).toBe(303);
    expect(response.headers.getSetCookie().join()).not.toContain(planted);
  });

  test('16: ids are stored hashed', async () => {
    const session = new WebSession();
    await authorize(session, url);
    const cookies = [...session.cookies(issuer).values()];
    const stored = JSON.stringify([
      await installation.sql(`SELECT encode(id_hash, 'escape') AS id FROM user_session`),
      await installation.sql(
        `SELECT encode(id_hash, 'escape') AS id, encode(browser_hash, 'escape') AS browser FROM authorization_request`,
      ),
    ]);
    for (const value of cookies) expect(stored).not.toContain(value);
  });
});

describe('18: a flow belongs to one browser and one auth method', () => {
  test('another browser cannot go on with it', async () => {
    const session = new WebSession();
    const page = await loginPage(session);
    const other = new WebSession();
    await authorize(other, url);
    for (const step of ['login', 'continue', 'consent']) {
      const stolen = await other.get(page.url.replace('/login?', `/${step}?`));
      expect([stolen.status, stolen.location]).toEqual([400, null]);
    }
  });

  test('another auth method cannot go on with it', async () => {
    const session = new WebSession();
    const page = await loginPage(session);
    const mixed = await session.get(page.url.replace('/local/', '/staff/'));
    expect([mixed.status, mixed.location]).toEqual([400, null]);
  });

  test('two tabs do not disturb one another', async () => {
    const session = new WebSession();
    const one = await loginPage(session, authorizeUrl(issuer, CLIENTS.house, { state: 'one' }));
    const two = await loginPage(session, authorizeUrl(issuer, CLIENTS.house, { state: 'two' }));
    expect(returned(await logIn(session, two, ADA))).toMatchObject({ state: 'two' });
    expect(returned(await logIn(session, one, ADA))).toMatchObject({ state: 'one' });
  });

  test('a flow gives out one code: to go back and on again does not give another', async () => {
    const session = new WebSession();
    const page = await loginPage(session);
    await logIn(session, page, ADA);
    const again = await session.get(page.url.replace('/login?', '/continue?'));
    expect([again.status, again.location]).toEqual([400, null]);
  });

  test('a flow ends when the subscription or the redirect URI is withdrawn meanwhile', async () => {
    const session = new WebSession();
    const page = await loginPage(session);
    await installation.sql(`UPDATE application SET redirect_uris = '{https://new.example/cb}' WHERE id = 'house'`);
    const after = await session.get(page.url);
    await installation.sql(`UPDATE application SET redirect_uris = '{https://house.example/cb}' WHERE id = 'house'`);
    expect([after.status, after.location]).toEqual([400, null]);
  });

  test('a flow that took too long is over', async () => {
    const session = new WebSession();
    const page = await loginPage(session);
    await installation.sql(`UPDATE authorization_request SET expires_at = now() - interval '1 second'`);
    expect((await session.get(page.url)).status).toBe(400);
  });
});
