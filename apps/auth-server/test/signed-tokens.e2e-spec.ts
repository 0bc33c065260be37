import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, importJWK, type JWK, jwtVerify, SignJWT } from 'jose';
import { RootSecret } from '#secrets/root-secret.js';
import { KeySealer } from '#signing/sealed-key.js';
import { startInstallation, type TestInstallation, until } from '../../../test/harness/installation.js';
import { ADA, BOB, credentials, exchange, obtainCode, postToken, refresh, type TestClient } from './flow-driver.js';
import { bearer, logInByOpenId, userinfo } from './oidc-driver.js';

/** `tokenFormat: jwt` (RFC 9068), from the token endpoint to the gateway and back. */

const SECRET = 'the root secret of the tests of signed tokens';
const client: TestClient = { id: 'signer-signed', secret: 'signer-secret', redirectUri: 'https://signer.example/cb', api: 'signed' };
const FILES = {
  'apis/signed/api.yaml': `
name: Signed
auth: oauth2
authMethods: [local]
plans: [basic]
oauth2:
  grants: [authorization_code, refresh_token, client_credentials, password]
  scopes: { read: Read, write: Write }
  tokenFormat: jwt
upstream: { url: "\${SAMPLE_UPSTREAM_URL:-http://127.0.0.1:8090}/stock" }
routes:
  - { paths: [/signed/v1, /signed/v2] }
  - { paths: [/signed/write], scopes: [write] }
`,
  'apis/signed-too/api.yaml': `
name: Signed too
auth: oauth2
authMethods: [local]
plans: [basic]
oauth2: { tokenFormat: jwt }
upstream: { url: "\${SAMPLE_UPSTREAM_URL:-http://127.0.0.1:8090}/stock" }
routes: [{ paths: [/signed-too] }]
`,
  'applications/signer.yaml': `
name: Signer
clientType: confidential
redirectUris: ["https://signer.example/cb"]
owners: [{ email: ada@example.com, role: owner }]
subscriptions:
  - { api: signed, plan: basic, trusted: true, clientId: signer-signed, clientSecret: signer-secret }
  - { api: signed-too, plan: basic, trusted: true, clientId: signer-too, clientSecret: signer-secret }
`,
};

let installation: TestInstallation;
let issuer: string;

beforeAll(async () => {
  const config = join(import.meta.dirname, 'config');
  installation = await startInstallation({ config, files: FILES, env: { GATEHOUSE_SECRET: SECRET } });
  issuer = `${installation.urls.auth}/local/api/signed`;
});
afterAll(() => installation.stop());

const call = async (token: string, path = '/signed/v1') => (await fetch(`${installation.urls.gateway}${path}`, bearer(token))).status;
const own = async (scope?: string) =>
  (await postToken(issuer, { grant_type: 'client_credentials', ...credentials(client), ...(scope ? { scope } : {}) })).body;
const ofPerson = async (changes = {}, person = ADA) =>
  (await exchange(issuer, client, await obtainCode(issuer, client, changes, person))).body;

test('42: RFC 9068 §2, for a person: header, claims, and the key set verifies it', async () => {
  const { body, claims: idToken } = await logInByOpenId(issuer, client, { scope: 'openid read' });
  expect(decodeProtectedHeader(body.access_token)).toEqual({ alg: 'ES256', typ: 'at+jwt', kid: expect.any(String) });
  const keySet = createLocalJWKSet(await (await fetch(`${issuer}/jwks`)).json());
  const { payload } = await jwtVerify(body.access_token, keySet, {
    typ: 'at+jwt',
    issuer,
    audience: `${installation.urls.gateway}/signed/v1`,
    requiredClaims: ['iss', 'exp', 'aud', 'sub', 'client_id', 'iat', 'jti'],
  });
  expect(payload).toMatchObject({ sub: idToken.sub, client_id: client.id, scope: 'openid read', auth_time: idToken.auth_time, groups: [] });
  expect((payload.exp as number) - (payload.iat as number)).toBe(body.expires_in);
  expect(body).toMatchObject({ token_type: 'bearer', expires_in: 3_600, refresh_token: expect.stringMatching(/^gh_rt_/) });
  expect((await userinfo(issuer, bearer(body.access_token))).body).toEqual({ sub: idToken.sub });
});

test('E, 40, W2: it calls its API, and no other; the upstream sees who calls; a missing scope is 403', async () => {
  const { access_token } = await ofPerson({ scope: 'read' });
  expect(await call(access_token)).toBe(200);
  expect(await call(access_token, '/signed/v2')).toBe(200);
  for (const path of ['/signed-too', '/orders/v1', '/reports/v1']) expect([path, await call(access_token, path)]).toEqual([path, 401]);
  expect(await call(access_token, '/signed/write')).toBe(403);
  expect(await call((await ofPerson({ scope: 'write' })).access_token, '/signed/write')).toBe(200);
});

test('34: of a client itself: sub is the client, who is nobody; no row is stored, and the issue is in the audit log', async () => {
  const before = await installation.sql('SELECT count(*)::int AS n FROM access_token');
  const { access_token, refresh_token } = await own('read');
  expect(decodeJwt(access_token)).toMatchObject({ sub: client.id, client_id: client.id, scope: 'read' });
  expect(refresh_token).toBeUndefined();
  expect(await call(access_token)).toBe(200);
  expect((await userinfo(issuer, bearer(access_token))).status).toBe(403);
  await ofPerson({ scope: 'read' });
  expect(await installation.sql('SELECT count(*)::int AS n FROM access_token')).toEqual(before);
  const [audit] = await installation.sql(
    `SELECT kind, actor FROM audit_event WHERE subject LIKE 'access_token:%' ORDER BY id DESC LIMIT 1`,
  );
  expect(audit).toEqual({ kind: 'token-issued', actor: `client:${client.id}` });
});

test('F, W8: refreshed and password tokens are signed too; each has an id of its own', async () => {
  const first = await ofPerson({ scope: 'read' });
  const next = (await refresh(issuer, client, first.refresh_token)).body;
  const byPassword = (
    await postToken(issuer, { grant_type: 'password', username: ADA.email, password: ADA.password, ...credentials(client) })
  ).body;
  const tokens = [first, next, byPassword].map((body) => body.access_token as string);
  expect(new Set(tokens.map((token) => decodeJwt(token).jti)).size).toBe(3);
  for (const token of tokens) expect(await call(token)).toBe(200);
});

describe('43, 65: forged tokens at the gateway and at userinfo', () => {
  const now = () => Math.floor(Date.now() / 1_000);
  /** Signs with the private key that the installation signs with: all but what a test changes is right. */
  async function forge(header: Record<string, unknown>, changes: Record<string, unknown> = {}): Promise<string> {
    const claims = decodeJwt((await ofPerson({ scope: 'openid read' })).access_token);
    const [row] = await installation.sql(
      `SELECT kid, sealed_private FROM signing_key WHERE alg = 'ES256' AND signs_from <= now() ORDER BY signs_from DESC LIMIT 1`,
    );
    const jwk = new KeySealer(new RootSecret(SECRET)).open(row?.kid as string, row?.sealed_private as Buffer) as JWK;
    const key = (await importJWK(jwk, 'ES256')) as CryptoKey;
    const signed = new SignJWT({ ...claims, ...changes }).setProtectedHeader({
      alg: 'ES256',
      typ: 'at+jwt',
      kid: row?.kid as string,
      ...header,
    });
    return signed.sign(key);
  }

  test('one that is as it should be is accepted: the others are refused for what they change', async () => {
    const token = await forge({});
    expect([await call(token), (await userinfo(issuer, bearer(token))).status]).toEqual([200, 200]);
  });

  test.each<[string, Record<string, unknown>, () => Record<string, unknown>]>([
    ['typ JWT', { typ: 'JWT' }, () => ({})],
    ['an unknown kid', { kid: 'made-up' }, () => ({})],
    ['aud of another API', {}, () => ({ aud: `${installation.urls.gateway}/signed-too` })],
    ['iss of another issuer', {}, () => ({ iss: `${installation.urls.auth}/staff/api/signed` })],
    [
      'iss and aud of another API, with the subscription of this one',
      {},
      () => ({ iss: `${installation.urls.auth}/local/api/signed-too`, aud: `${installation.urls.gateway}/signed-too` }),
    ],
    ['expired', {}, () => ({ exp: now() - 6 })],
    ['not yet valid', {}, () => ({ nbf: now() + 60 })],
    ['another client', {}, () => ({ client_id: 'shop-orders' })],
    ['a subscription that is not there', {}, () => ({ subscription_id: '11111111-1111-4111-8111-111111111111' })],
  ])('%s', async (_, header, changes) => {
    const token = await forge(header, changes());
    const at = await fetch(`${installation.urls.gateway}/signed/v1`, bearer(token));
    expect([at.status, at.headers.get('www-authenticate')]).toEqual([401, expect.stringContaining('error="invalid_token"')]);
    if (!('client_id' in changes())) expect((await userinfo(issuer, bearer(token))).status).toBe(401);
  });

  test('alg none, a symmetric signature by the public key, an id_token, a key of its own in the header', async () => {
    const { body } = await logInByOpenId(issuer, client, { scope: 'openid read' });
    const claims = decodeJwt(body.access_token);
    const { kid } = decodeProtectedHeader(body.access_token);
    const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
    const signature = (body.access_token as string).split('.')[2];
    const { keys } = (await (await fetch(`${issuer}/jwks`)).json()) as { keys: JWK[] };
    const publicKey = new TextEncoder().encode(JSON.stringify(keys.find((key) => key.kid === kid)));
    const symmetric = new SignJWT(claims).setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid: kid as string });
    for (const token of [
      `${encode({ alg: 'none', typ: 'at+jwt', kid })}.${encode(claims)}.`,
      `${encode({ alg: 'none', typ: 'at+jwt', kid })}.${encode(claims)}.${signature}`,
      `${encode({ alg: 'RS256', typ: 'at+jwt', kid })}.${encode(claims)}.${signature}`,
      await symmetric.sign(publicKey),
      body.id_token,
    ]) {
      expect([await call(token), (await userinfo(issuer, bearer(token))).status]).toEqual([401, 401]);
    }
  });
});

/** How soon is not measured here: everything shares one process with the hashing of passwords. */
describe('64: what a signed token hangs on reaches the gateway', () => {
  const refused = (token: string) => until(async () => (await call(token)) === 401, 'the token is refused', 10_000);

  test('its family is revoked', async () => {
    const body = await ofPerson({ scope: 'read' });
    const other = await ofPerson({ scope: 'read' });
    expect(await call(body.access_token)).toBe(200);
    await revoke(body.refresh_token);
    await refused(body.access_token);
    expect(await call(other.access_token)).toBe(200);
  });

  test('a code is used twice', async () => {
    const code = await obtainCode(issuer, client, { scope: 'read' });
    const { body } = await exchange(issuer, client, code);
    expect(await call(body.access_token)).toBe(200);
    await exchange(issuer, client, code);
    await refused(body.access_token);
  });

  test("52: it is revoked itself: its authorization ends; a client's own cannot be", async () => {
    const body = await ofPerson({ scope: 'read' });
    expect(await call(body.access_token)).toBe(200);
    expect((await revoke(body.access_token)).status).toBe(200);
    await refused(body.access_token);
    expect((await refresh(issuer, client, body.refresh_token)).body.error).toBe('invalid_grant');
    const answer = await revoke((await own()).access_token);
    expect([answer.status, await answer.json()]).toEqual([400, expect.objectContaining({ error: 'unsupported_token_type' })]);
  });

  test('the person is blocked', async () => {
    const body = await ofPerson({ scope: 'read' }, BOB);
    expect(await call(body.access_token)).toBe(200);
    await installation.sql(
      `UPDATE user_account SET blocked = true WHERE email = '${BOB.email}';
       INSERT INTO change_event (txid, kind, subject_id) SELECT pg_current_xact_id()::text::bigint, 'user', id::text FROM user_account WHERE email = '${BOB.email}'`,
    );
    await refused(body.access_token);
  });

  test('everything of a subscription is revoked: its own signed tokens too, and new ones work', async () => {
    const before = await own('read');
    expect(await call(before.access_token)).toBe(200);
    await installation.sql(
      `UPDATE subscription SET client_tokens_ended_at = now() WHERE client_id = '${client.id}';
       INSERT INTO change_event (txid, kind, subject_id)
       SELECT pg_current_xact_id()::text::bigint, 'subscription', id::text FROM subscription WHERE client_id = '${client.id}'`,
    );
    await refused(before.access_token);
    await until(async () => (await call((await own('read')).access_token)) === 200, 'a new token works');
  });

  test('a used code keeps the family of a signed token for as long as that lives', async () => {
    const { access_token } = await ofPerson({ scope: 'read' });
    const [row] = await installation.sql(
      `SELECT extract(epoch FROM expires_at)::float8 AS ends FROM authorization_code WHERE family_id = '${decodeJwt(access_token).family_id}'`,
    );
    expect(row?.ends).toBeGreaterThan((decodeJwt(access_token).exp as number) - 5);
  });

  test('53, 54: introspection says what it is worth', async () => {
    const { access_token } = await ofPerson({ scope: 'read' });
    const introspect = async (token: string, by: Record<string, string> = credentials(client)) =>
      (await fetch(`${issuer}/introspect`, { method: 'POST', body: new URLSearchParams({ token, ...by }) })).json();
    const { sub, iat, exp } = decodeJwt(access_token);
    expect(await introspect(access_token)).toEqual({
      ...{ active: true, token_type: 'bearer', scope: 'read', client_id: client.id, sub, iat, exp, iss: issuer },
      aud: `${installation.urls.gateway}/signed/v1`,
    });
    await revoke(access_token);
    expect(await introspect(access_token)).toEqual({ active: false });
    expect(await introspect(`${access_token}x`)).toEqual({ active: false });
  });

  test('44: a signing key is removed: what it signed is refused; other keys go on', async () => {
    const before = await own('read');
    expect(await call(before.access_token)).toBe(200);
    const { kid } = decodeProtectedHeader(before.access_token);
    await installation.sql(
      `DELETE FROM signing_key WHERE kid = '${kid}';
       INSERT INTO change_event (txid, kind, subject_id) VALUES (pg_current_xact_id()::text::bigint, 'signing_key', '${kid}')`,
    );
    await refused(before.access_token);
    await until(async () => (await call((await own('read')).access_token)) === 200, 'a new key signs', 15_000);
  });

  test('the application is withdrawn', async () => {
    const body = await own('read');
    expect(await call(body.access_token)).toBe(200);
    installation.writeConfig('applications/signer.yaml', null);
    await refused(body.access_token);
  });

  const revoke = (token: string) =>
    fetch(`${issuer}/revoke`, { method: 'POST', body: new URLSearchParams({ token, ...credentials(client) }) });
});
