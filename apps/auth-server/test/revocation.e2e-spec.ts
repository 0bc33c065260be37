import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type TestInstallation, until } from '../../../test/harness/installation.js';
import {
  CLIENTS,
  credentials,
  exchange,
  issuerOf,
  obtainCode,
  postForm,
  postToken,
  refresh,
  startFixture,
  type TestClient,
} from './flow-driver.js';

let installation: TestInstallation;
let issuer: string;
const { shop, house, page, reader, shopReports } = CLIENTS;

beforeAll(async () => {
  installation = await startFixture();
  issuer = issuerOf(installation, shop);
});
afterAll(() => installation.stop());

const revoke = (client: TestClient, token: string, more: Record<string, string> = {}, at = issuer) =>
  postForm(`${at}/revoke`, { token, ...credentials(client), ...more });
const introspect = (client: TestClient, token: string, at = issuer) => postForm(`${at}/introspect`, { token, ...credentials(client) });
const newTokens = async (client: TestClient = shop) =>
  (await exchange(issuer, client, await obtainCode(issuer, client, { scope: 'read' }))).body;
const machineToken = async (client: TestClient) =>
  (await postToken(issuer, { grant_type: 'client_credentials', ...credentials(client) })).body.access_token;
const callStatus = async (token: string) =>
  (await fetch(`${installation.urls.gateway}/orders/v1`, { headers: { authorization: `Bearer ${token}` } })).status;

describe('52: revocation (RFC 7009)', () => {
  test('§2.1: an access token ends, at every gateway within a second; its refresh token lives on', async () => {
    const tokens = await newTokens();
    expect(await callStatus(tokens.access_token)).toBe(200);
    const answer = await revoke(shop, tokens.access_token);
    expect([answer.status, answer.body, answer.headers.get('cache-control')]).toEqual([200, null, 'no-store']);
    await until(async () => (await callStatus(tokens.access_token)) === 401, 'the gateway refuses the token');
    expect((await refresh(issuer, shop, tokens.refresh_token)).status).toBe(200);
  });

  test('§2.1: a refresh token ends with the access tokens of its authorization, whatever the hint says', async () => {
    const tokens = await newTokens();
    expect(await callStatus(tokens.access_token)).toBe(200);
    expect((await revoke(shop, tokens.refresh_token, { token_type_hint: 'access_token' })).status).toBe(200);
    await until(async () => (await callStatus(tokens.access_token)) === 401, 'the gateway refuses the token');
    expect((await refresh(issuer, shop, tokens.refresh_token)).body.error).toBe('invalid_grant');
    const [event] = await installation.sql(
      `SELECT kind, actor, details FROM audit_event WHERE kind = 'token-revoked' ORDER BY id DESC LIMIT 1`,
    );
    expect(event).toMatchObject({ kind: 'token-revoked', actor: 'client:shop-orders' });
  });

  test('§2.1: by HTTP Basic, and by a public client with its id alone', async () => {
    const { access_token } = await newTokens();
    const authorization = `Basic ${Buffer.from(`${shop.id}:${shop.secret}`).toString('base64')}`;
    expect((await postForm(`${issuer}/revoke`, { token: access_token }, { authorization })).status).toBe(200);
    expect(await introspect(shop, access_token)).toMatchObject({ body: { active: false } });
    expect((await revoke(page, 'gh_at_unknown')).status).toBe(200);
  });

  test.each(['nonsense', 'gh_rt_nonsense', `gh_at_${'A'.repeat(49)}`])(
    '§2.2: an unknown token such as %s is as good as revoked',
    async (token) => {
      expect((await revoke(shop, token)).status).toBe(200);
    },
  );

  test('§2.1: a token of another client is refused and stays', async () => {
    const tokens = await newTokens();
    expect(await revoke(house, tokens.access_token)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    expect(await revoke(house, tokens.refresh_token)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    expect(await introspect(shop, tokens.access_token)).toMatchObject({ body: { active: true } });
  });

  test.each([
    ['a wrong secret', { client_id: shop.id, client_secret: 'wrong' }, 401, 'invalid_client'],
    ['no client', {}, 401, 'invalid_client'],
    ['no token', { client_id: shop.id, client_secret: shop.secret, token: '' }, 400, 'invalid_request'],
  ])('%s', async (_, body, status, error) => {
    for (const path of ['revoke', 'introspect']) {
      expect(await postForm(`${issuer}/${path}`, { token: 'x', ...body })).toMatchObject({ status, body: { error } });
    }
  });

  test('§2: only by POST, and nothing in the URL', async () => {
    for (const path of ['revoke', 'introspect']) {
      expect((await fetch(`${issuer}/${path}?token=x`)).status).toBe(405);
      expect(await postForm(`${issuer}/${path}?token=x`, credentials(shop))).toMatchObject({
        status: 400,
        body: { error: 'invalid_request' },
      });
      expect((await postForm(`${installation.urls.auth}/local/api/nothing/${path}`, credentials(shop))).status).toBe(404);
    }
  });
});

describe('53, 54: introspection (RFC 7662)', () => {
  test('§2.2: what an access token of a person is', async () => {
    const { access_token } = await newTokens();
    const { status, body, headers } = await introspect(shop, access_token);
    const [ada] = await installation.sql(`SELECT id FROM user_account WHERE email = 'ada@example.com'`);
    expect([status, headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect(body).toEqual({
      active: true,
      scope: 'read',
      client_id: 'shop-orders',
      token_type: 'bearer',
      exp: expect.any(Number),
      iat: expect.any(Number),
      sub: ada?.id,
      aud: `${installation.urls.gateway}/orders/v1`,
      iss: issuer,
    });
    expect(body.exp - body.iat).toBe(1200);
  });

  test('34: a token of the client itself has no subject', async () => {
    const { body } = await introspect(house, await machineToken(house));
    expect(body).toMatchObject({ active: true, client_id: 'house-orders' });
    expect(body).not.toHaveProperty('sub');
  });

  test('a refresh token, until it is used', async () => {
    const { refresh_token } = await newTokens();
    expect((await introspect(shop, refresh_token)).body).toMatchObject({ active: true, scope: 'read' });
    await refresh(issuer, shop, refresh_token);
    expect((await introspect(shop, refresh_token)).body).toEqual({ active: false });
  });

  test('§4: a trusted client sees the access tokens of its API; no other sees more than its own', async () => {
    const tokens = await newTokens();
    expect((await introspect(house, tokens.access_token)).body).toMatchObject({ active: true, client_id: 'shop-orders' });
    expect((await introspect(house, tokens.refresh_token)).body).toEqual({ active: false });
    expect((await introspect(reader, tokens.access_token)).body).toEqual({ active: false });
    expect((await introspect(shopReports, tokens.access_token, issuerOf(installation, shopReports))).body).toEqual({ active: false });
  });

  test('§2.1: a public client cannot ask: its id proves nothing', async () => {
    expect(await introspect(page, 'x')).toMatchObject({ status: 400, body: { error: 'unauthorized_client' } });
  });

  test.each([
    ['unknown', async () => 'gh_at_nothing'],
    [
      'of a revoked authorization',
      async () => {
        const tokens = await newTokens();
        await revoke(shop, tokens.refresh_token);
        return tokens.access_token;
      },
    ],
    [
      'expired',
      async () => {
        const { access_token } = await newTokens();
        await installation.sql(`UPDATE access_token SET expires_at = now()`);
        return access_token;
      },
    ],
  ])('§2.2: a token that is %s: exactly {"active":false}', async (_, make) => {
    const answer = await introspect(shop, await make());
    expect([answer.status, JSON.stringify(answer.body)]).toEqual([200, '{"active":false}']);
  });

  test('a token of a blocked person is inactive, and active again after that', async () => {
    const { access_token } = await newTokens();
    await installation.sql(`UPDATE user_account SET blocked = true WHERE email = 'ada@example.com'`);
    const blocked = await introspect(shop, access_token);
    await installation.sql(`UPDATE user_account SET blocked = false WHERE email = 'ada@example.com'`);
    expect(blocked.body).toEqual({ active: false });
    expect((await introspect(shop, access_token)).body.active).toBe(true);
  });

  test('53: while the store cannot answer, 503 and never "inactive" (ory/hydra#3811)', async () => {
    const { access_token } = await newTokens();
    await installation.sql(`ALTER TABLE access_token RENAME TO access_token_away`);
    const broken = await introspect(shop, access_token);
    await installation.sql(`ALTER TABLE access_token_away RENAME TO access_token`);
    expect([broken.status, broken.body.error]).toEqual([503, 'temporarily_unavailable']);
    expect((await introspect(shop, access_token)).body.active).toBe(true);
  });
});

test('9: each token is in the audit log, with its client, grant and address', async () => {
  const tokens = await newTokens();
  await refresh(issuer, shop, tokens.refresh_token);
  await machineToken(house);
  const events = await installation.sql(
    `SELECT kind, actor, address, details->>'grant' AS grant, details->'scopes' AS scopes FROM audit_event WHERE kind LIKE 'token-%' ORDER BY id DESC LIMIT 3`,
  );
  const address = expect.stringMatching(/^(::1|127\.0\.0\.1)$/);
  expect(events.reverse()).toEqual([
    { kind: 'token-issued', actor: 'client:shop-orders', address, grant: 'authorization_code', scopes: ['read'] },
    { kind: 'token-refreshed', actor: 'client:shop-orders', address, grant: 'refresh_token', scopes: ['read'] },
    { kind: 'token-issued', actor: 'client:house-orders', address, grant: 'client_credentials', scopes: ['read', 'write', 'admin'] },
  ]);
});
