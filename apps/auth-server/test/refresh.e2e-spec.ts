import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type TestInstallation, until } from '../../../test/harness/installation.js';
import { WebSession } from '../../../test/harness/web-session.js';
import {
  authorize,
  authorizeUrl,
  CLIENTS,
  exchange,
  goOn,
  issuerOf,
  newProofKey,
  obtainCode,
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

const newTokens = async (scope?: string) => (await exchange(issuer, shop, await obtainCode(issuer, shop, { scope }))).body;
const callStatus = async (token: string): Promise<number> =>
  (await fetch(`${installation.urls.gateway}/orders/v1`, { headers: { authorization: `Bearer ${token}` } })).status;
/** Moves every use of a refresh token into the past. */
const passTime = (seconds: number) =>
  installation.sql(`UPDATE refresh_token SET consumed_at = consumed_at - interval '${seconds} seconds' WHERE consumed_at IS NOT NULL`);

describe('F: refresh', () => {
  test('F, 33: a new access token and a new refresh token; the used one is no longer valid', async () => {
    const tokens = await newTokens('read');
    const next = await refresh(issuer, shop, tokens.refresh_token);
    expect(next).toMatchObject({ status: 200, body: { token_type: 'bearer', expires_in: 1200, scope: 'read' } });
    expect(next.headers.get('cache-control')).toBe('no-store');
    expect(next.body.access_token).not.toBe(tokens.access_token);
    expect(next.body.refresh_token).not.toBe(tokens.refresh_token);
    expect(await callStatus(next.body.access_token)).toBe(200);
    await passTime(11);
    expect(await refresh(issuer, shop, tokens.refresh_token)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  });

  test('37: a repeat within the grace period gets the same successor, which goes on to work', async () => {
    const tokens = await newTokens();
    const first = await refresh(issuer, shop, tokens.refresh_token);
    const repeat = await refresh(issuer, shop, tokens.refresh_token);
    expect(repeat).toMatchObject({ status: 200, body: first.body });
    expect((await refresh(issuer, shop, first.body.refresh_token)).status).toBe(200);
    const [row] = await installation.sql(`SELECT repeats FROM refresh_token WHERE hash = sha256('${tokens.refresh_token}')`);
    expect(row).toEqual({ repeats: 1 });
    expect(installation.output()).toMatch(/"repeats":1,"msg":"refresh repeated within the grace period"/);
  });

  test('36: reuse after the grace period revokes the whole family, also at the gateway', async () => {
    const tokens = await newTokens();
    const next = (await refresh(issuer, shop, tokens.refresh_token)).body;
    expect(await callStatus(next.access_token)).toBe(200);
    await passTime(11);
    expect((await refresh(issuer, shop, tokens.refresh_token)).body.error).toBe('invalid_grant');
    expect((await refresh(issuer, shop, next.refresh_token)).body.error).toBe('invalid_grant');
    const end = Date.now() + 20_000;
    while ((await callStatus(next.access_token)) !== 401 && Date.now() < end) await new Promise((done) => setTimeout(done, 20));
    expect(await callStatus(next.access_token)).toBe(401);
  });

  test('36: a public client’s tokens rotate as well', async () => {
    const { pocket } = CLIENTS;
    const proof = newProofKey();
    const code = await obtainCode(issuer, pocket, proof.challenge);
    const tokens = (await exchange(issuer, pocket, code, { code_verifier: proof.verifier })).body;
    const next = await refresh(issuer, pocket, tokens.refresh_token);
    expect([next.status, next.body.refresh_token !== tokens.refresh_token]).toEqual([200, true]);
  });

  test('35: narrower scope is granted, wider is not, and the original stays for later', async () => {
    const tokens = await newTokens('read write');
    const wider = await refresh(issuer, shop, tokens.refresh_token, { scope: 'read admin' });
    expect(wider).toMatchObject({ status: 400, body: { error: 'invalid_scope' } });
    const narrower = await refresh(issuer, shop, tokens.refresh_token, { scope: 'read' });
    expect(narrower.body.scope).toBe('read');
    expect((await refresh(issuer, shop, narrower.body.refresh_token)).body.scope).toBe('read write');
  });

  test('35, 28: another client, or another auth method, gets nothing and burns nothing', async () => {
    const tokens = await newTokens();
    for (const [at, client] of [
      [issuer, CLIENTS.house],
      [issuerOf(installation, shop, 'staff'), shop],
    ] as const) {
      expect((await refresh(at, client, tokens.refresh_token)).body.error).toBe('invalid_grant');
    }
    const next = await refresh(issuer, shop, tokens.refresh_token);
    await passTime(11);
    expect((await refresh(issuer, CLIENTS.house, tokens.refresh_token)).body.error).toBe('invalid_grant');
    expect((await refresh(issuer, shop, next.body.refresh_token)).status).toBe(200);
  });

  test.each(['gh_rt_nonsense', 'x', 'ü'])('30: the unknown token %s', async (token) => {
    expect(await refresh(issuer, shop, token)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  });

  test('30: an expired token', async () => {
    const tokens = await newTokens();
    await installation.sql(`UPDATE refresh_token SET expires_at = now() WHERE consumed_at IS NULL`);
    expect((await refresh(issuer, shop, tokens.refresh_token)).body.error).toBe('invalid_grant');
  });

  test('38: a person who was blocked, and an application that was', async () => {
    const tokens = await newTokens();
    await installation.sql(`UPDATE user_account SET blocked = true WHERE email = 'ada@example.com'`);
    const blocked = await refresh(issuer, shop, tokens.refresh_token);
    await installation.sql(`UPDATE user_account SET blocked = false WHERE email = 'ada@example.com'`);
    expect(blocked.body.error).toBe('invalid_grant');
    await installation.sql(`UPDATE application SET blocked = true WHERE id = 'shop'`);
    const application = await refresh(issuer, shop, tokens.refresh_token);
    await installation.sql(`UPDATE application SET blocked = false WHERE id = 'shop'`);
    expect(application.body.error).toBe('unauthorized_client');
    expect((await refresh(issuer, shop, tokens.refresh_token)).status).toBe(200);
  });

  test.each<[string, (text: string) => string | null]>([
    ['an application', () => null],
    ['a subscription', (text) => text.replace(/^.*api: orders.*\n/m, '')],
  ])('38: %s that is taken out of the config folder', async (_, takeOut) => {
    const file = 'applications/shop.yaml';
    const text = readFileSync(join(installation.configFolder, file), 'utf8');
    const tokens = await newTokens();
    const errorOf = async (token: string) => (await refresh(issuer, shop, token)).body.error;
    installation.writeConfig(file, takeOut(text));
    await until(async () => (await errorOf('gh_rt_nonsense')) !== 'invalid_grant', 'the client is not served');
    expect(await errorOf(tokens.refresh_token)).toMatch(/^(unauthorized_client|invalid_client)$/);
    await until(async () => (await callStatus(tokens.access_token)) === 401, 'the gateway refuses its token');
    installation.writeConfig(file, text);
    await until(async () => (await errorOf('gh_rt_nonsense')) === 'invalid_grant', 'the client is served again');
  });

  test('38: a logout ends the login; what the application was allowed stays until it is revoked', async () => {
    const session = new WebSession();
    const { code } = returned(await authorize(session, authorizeUrl(issuer, shop)));
    const { body: tokens } = await exchange(issuer, shop, code as string);
    await session.submit(await session.get(`${installation.urls.auth}/logout`), {});
    expect((await goOn(session, await session.get(authorizeUrl(issuer, shop)))).body).toContain('name="password"');
    expect((await refresh(issuer, shop, tokens.refresh_token)).status).toBe(200);
  });

  test('8: what expired is cleaned up at the next start, what lives is not, and nothing acknowledged is lost', async () => {
    const tokens = await newTokens();
    const families = async () => Number((await installation.sql('SELECT count(*)::int AS n FROM token_family'))[0]?.n);
    await installation.end('SIGKILL');
    await installation.start();
    const next = await refresh(issuer, shop, tokens.refresh_token);
    expect(next.status).toBe(200);
    expect(await families()).toBeGreaterThan(1);
    await installation.sql(`
      UPDATE refresh_token SET expires_at = now() - interval '2 days'; UPDATE access_token SET expires_at = now();
      UPDATE authorization_code SET expires_at = now() - interval '2 days'; UPDATE user_session SET expires_at = now();
      UPDATE authorization_request SET expires_at = now()`);
    await installation.end('SIGTERM');
    await installation.start();
    const end = Date.now() + 20_000;
    while ((await families()) > 0 && Date.now() < end) await new Promise((done) => setTimeout(done, 50));
    for (const table of ['token_family', 'refresh_token', 'access_token', 'authorization_code', 'user_session', 'authorization_request']) {
      expect([table, (await installation.sql(`SELECT count(*)::int AS n FROM ${table}`))[0]?.n]).toEqual([table, 0]);
    }
  });
});
