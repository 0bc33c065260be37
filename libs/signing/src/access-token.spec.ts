import { beforeAll, describe, expect, test } from '@jest/globals';
import { CompactSign, exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import type { RegistrySnapshot } from '#config/registry.js';
import type { StoredSigningKey } from '#persistence/signing-key/signing-key.store.js';
import { type AccessTokenContent, isOfOurIssuer, signAccessToken, verifyAccessToken } from './access-token.js';
import type { Signer } from './signing-keys.js';
import { VerificationKeys } from './verification-keys.js';

const ISSUER = 'https://auth.example/local/api/orders';
const api = (id: string, path: string) => ({
  id,
  auth: ['oauth2'],
  authMethods: ['local'],
  oauth2: { tokenFormat: 'jwt' },
  routes: [{ paths: [path, `${path}/two`] }],
});
const snapshot = {
  publicUrls: { auth: 'https://auth.example', gateway: 'https://api.example' },
  authMethods: new Map([['local', { id: 'local', enabled: true }]]),
  apis: new Map([
    ['orders', api('orders', '/orders')],
    ['reports', api('reports', '/reports')],
  ]),
} as unknown as RegistrySnapshot;
const content: AccessTokenContent = {
  subscriptionId: '22222222-2222-4222-8222-222222222222',
  familyId: '33333333-3333-4333-8333-333333333333',
  clientId: 'shop-orders',
  userId: '11111111-1111-4111-8111-111111111111',
  authenticatedUserid: null,
  namespace: 'acme',
  groups: ['staff'],
  scopes: ['read', 'write'],
  authenticatedAt: new Date(1_700_000_000_000),
  id: 'jti-1',
  issuedAt: Math.floor(Date.now() / 1_000),
  expiresAt: Math.floor(Date.now() / 1_000) + 60,
};

let signer: Signer;
let other: Signer;
let rows: StoredSigningKey[];
let keys: VerificationKeys;
let claims: JWTPayload;
let issuer: Parameters<typeof signAccessToken>[2];

beforeAll(async () => {
  [signer, other] = (await Promise.all(
    ['k1', 'k2'].map(async (kid) => ({ kid, alg: 'ES256', key: (await generateKeyPair('ES256', { extractable: true })).privateKey })),
  )) as [Signer, Signer];
  const { d: _, ...publicJwk } = await exportJWK(signer.key);
  rows = [{ kid: 'k1', alg: 'ES256', publicJwk, sealedPrivate: Buffer.alloc(0), createdAt: new Date(), signsFrom: new Date() }];
  keys = new VerificationKeys({ list: async () => rows });
  const verified = snapshot.apis.get('orders');
  issuer = { url: ISSUER, authMethod: snapshot.authMethods.get('local'), api: verified, oauth2: verified?.oauth2 } as typeof issuer;
  const token = await signAccessToken(signer, snapshot, issuer, content);
  claims = JSON.parse(Buffer.from(token.split('.')[1] as string, 'base64url').toString());
});

test('42, RFC 9068 §2: header and claims', async () => {
  const token = await signAccessToken(signer, snapshot, issuer, content);
  const [header] = token.split('.') as [string];
  expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toEqual({ alg: 'ES256', typ: 'at+jwt', kid: 'k1' });
  expect(claims).toEqual({
    iss: ISSUER,
    sub: content.userId,
    aud: 'https://api.example/orders',
    client_id: 'shop-orders',
    iat: content.issuedAt,
    exp: content.expiresAt,
    jti: 'jti-1',
    scope: 'read write',
    auth_time: 1_700_000_000,
    groups: ['staff'],
    namespace: 'acme',
    subscription_id: content.subscriptionId,
    family_id: content.familyId,
  });
  const { authenticatedAt: _, ...said } = content;
  expect(await verifyAccessToken(token, keys, snapshot)).toMatchObject({ ...said, kid: 'k1', issuer: { url: ISSUER } });
});

test('RFC 9068 §2.2.3.1: no groups are an empty list; so many that the token would grow too long are left out', async () => {
  const said = async (groups: string[]) => {
    const token = await signAccessToken(signer, snapshot, issuer, { ...content, groups });
    return (await verifyAccessToken(token, keys, snapshot))?.groups;
  };
  expect(await said([])).toEqual([]);
  expect(await said(Array.from({ length: 500 }, (_, n) => `a-group-of-many-with-a-long-name-${n}`))).toBeNull();
});

test("34: a client's own token has the client as sub, and no person", async () => {
  const own = { ...content, familyId: null, userId: null, namespace: null, groups: null, scopes: [], authenticatedAt: null };
  const token = await signAccessToken(signer, snapshot, issuer, own);
  expect(await verifyAccessToken(token, keys, snapshot)).toMatchObject({
    userId: null,
    familyId: null,
    scopes: [],
    clientId: 'shop-orders',
  });
});

describe('43, 65, RFC 8725, RFC 9068 §4: what is not believed', () => {
  const now = () => Math.floor(Date.now() / 1_000);
  const sign = (header: Record<string, unknown>, changes: Record<string, unknown> = {}, by = signer) =>
    new SignJWT({ ...claims, ...changes }).setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'k1', ...header }).sign(by.key);
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');

  test.each<[string, () => Promise<string> | string]>([
    ['alg none', () => `${encode({ alg: 'none', typ: 'at+jwt', kid: 'k1' })}.${encode(claims)}.`],
    ['alg none with a signature', async () => (await sign({})).replace(/^[^.]+/, encode({ alg: 'none', typ: 'at+jwt', kid: 'k1' }))],
    ['HS256 by the public key', () => hmacByPublicKey('HS256', JSON.stringify(rows[0]?.publicJwk))],
    ['HS256 by the coordinates', () => hmacByPublicKey('HS256', String(rows[0]?.publicJwk.x))],
    ['alg RS256 of a key for ES256', async () => (await sign({})).replace(/^[^.]+/, encode({ alg: 'RS256', typ: 'at+jwt', kid: 'k1' }))],
    ['an unknown kid', () => sign({ kid: 'k2' }, {}, other)],
    ['no kid', () => sign({ kid: undefined })],
    ['another key under a known kid', () => sign({}, {}, other)],
    ['a key in the header (jwk)', async () => sign({ kid: 'k2', jwk: await exportPublic(other) }, {}, other)],
    ['a key named in the header (jku)', () => sign({ kid: 'k2', jku: 'https://evil.example/jwks' }, {}, other)],
    ['a certificate named in the header (x5u)', () => sign({ kid: 'k2', x5u: 'https://evil.example/cert' }, {}, other)],
    ['crit with what nobody knows', () => withCrit()],
    ['typ JWT, such as an id_token has', () => sign({ typ: 'JWT' })],
    ['no typ', () => sign({ typ: undefined })],
    ['aud of another API', () => sign({}, { aud: 'https://api.example/reports' })],
    ['aud of the client, such as an id_token has', () => sign({}, { aud: 'shop-orders' })],
    ['no aud', () => sign({}, { aud: undefined })],
    ['iss of another API', () => sign({}, { iss: 'https://auth.example/local/api/reports' })],
    ['iss of someone else', () => sign({}, { iss: 'https://evil.example/local/api/orders' })],
    ['iss with a slash', () => sign({}, { iss: `${ISSUER}/` })],
    ['iss of an auth method that the API does not list', () => sign({}, { iss: 'https://auth.example/off/api/orders' })],
    ['iss that is no text', () => sign({}, { iss: 7 as unknown as string })],
    ['no iss', () => sign({}, { iss: undefined })],
    ['expired', () => sign({}, { exp: now() - 10 })],
    ['no exp', () => sign({}, { exp: undefined })],
    ['not yet valid', () => sign({}, { nbf: now() + 60 })],
    ['issued in the future', () => sign({}, { iat: now() + 60 })],
    ['no jti', () => sign({}, { jti: undefined })],
    ['no client_id', () => sign({}, { client_id: undefined })],
    ['no subscription', () => sign({}, { subscription_id: undefined })],
    ['a subscription that is no id', () => sign({}, { subscription_id: "x' OR 1=1" })],
    ['a family that is no id', () => sign({}, { family_id: 7 })],
    ['a person without a family', () => sign({}, { family_id: undefined })],
    ['a changed payload', async () => (await sign({})).replace(/\.[^.]+\./, `.${encode({ ...claims, scope: 'admin' })}.`)],
    ['a cut signature', async () => (await sign({})).slice(0, -4)],
    ['too long', async () => sign({}, { scope: 's'.repeat(9_000) })],
    ['five parts', async () => `${await sign({})}.a.b`],
    ['junk', () => 'eyJunk.eyJunk.junk'],
    [
      'a payload that is no object',
      () => new CompactSign(Buffer.from('[]')).setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'k1' }).sign(signer.key),
    ],
  ])('%s', async (_, forge) => {
    expect(await verifyAccessToken(await forge(), keys, snapshot)).toBeNull();
  });

  test('65: the leeway for nbf is small, and there is one', async () => {
    expect(await verifyAccessToken(await sign({}, { nbf: now() + 3 }), keys, snapshot)).not.toBeNull();
  });

  test('headers about keys are ignored, not fatal, where the key is ours', async () => {
    expect(await verifyAccessToken(await sign({ jku: 'https://evil.example/jwks' }), keys, snapshot)).not.toBeNull();
    expect(await verifyAccessToken(await sign({ typ: 'application/at+jwt' }), keys, snapshot)).not.toBeNull();
  });

  test('8707: any resource URL of the API is its audience', async () => {
    expect(
      await verifyAccessToken(await sign({}, { aud: ['https://x.example', 'https://api.example/orders/two'] }), keys, snapshot),
    ).not.toBeNull();
  });

  async function hmacByPublicKey(alg: string, secret: string): Promise<string> {
    return new SignJWT(claims).setProtectedHeader({ alg, typ: 'at+jwt', kid: 'k1' }).sign(new TextEncoder().encode(secret.padEnd(32, ' ')));
  }
  async function withCrit(): Promise<string> {
    const header = { alg: 'ES256', typ: 'at+jwt', kid: 'k1', crit: ['exp-policy'], 'exp-policy': 'never' };
    return new CompactSign(Buffer.from(JSON.stringify(claims)))
      .setProtectedHeader(header)
      .sign(signer.key, { crit: { 'exp-policy': true } });
  }
  async function exportPublic(of: Signer) {
    const { d: _, ...jwk } = await exportJWK(of.key);
    return jwk;
  }
});

test('keys that cannot be read are an error, not a bad token; unknown ids are asked for once in a while', async () => {
  const token = await signAccessToken(signer, snapshot, issuer, content);
  let asked = 0;
  let down = true;
  const flaky = new VerificationKeys({
    list: async () => {
      asked++;
      if (down) throw new Error('connection refused');
      return rows;
    },
  });
  await expect(verifyAccessToken(token, flaky, snapshot)).rejects.toThrow('connection refused');
  down = false;
  expect(await verifyAccessToken(token, flaky, snapshot)).not.toBeNull();
  asked = 0;
  for (let i = 0; i < 20; i++) expect(await flaky.find(`made-up-${i}`, 'ES256')).toBeNull();
  expect(asked).toBe(1);
  asked = 0;
  // While the database is away, keys that are held serve; when they changed, they are read again first.
  down = true;
  flaky.expire();
  expect(await verifyAccessToken(token, flaky, snapshot)).not.toBeNull();
  expect(asked).toBe(1);
});

test('64: a key that went verifies nothing any more once that was told, also while the keys are being read, or were before it', async () => {
  const token = await signAccessToken(signer, snapshot, issuer, content);
  let list = rows;
  let release = (): void => undefined;
  const slow = new VerificationKeys({
    list: async () => {
      const found = list;
      await new Promise<void>((done) => {
        release = done;
      });
      return found;
    },
  });
  const release1 = async (): Promise<void> => {
    await new Promise(setImmediate);
    release();
  };
  const first = slow.refresh();
  await release1();
  await first;
  // A reading that began before the key went, and one after it.
  slow.expire();
  const before = slow.refresh();
  list = [];
  slow.expire();
  const atOnce = slow.find('k1', 'ES256');
  await release1();
  const meanwhile = slow.find('k1', 'ES256');
  await release1();
  const later = slow.find('k1', 'ES256');
  await release1();
  await release1();
  await before;
  expect(await Promise.all([atOnce, meanwhile, later])).toEqual([null, null, null]);
  expect(await verifyAccessToken(token, slow, snapshot)).toBeNull();
});

test('BEHAVIOURS 44: a key that is younger than the last reading is found, however many ask for it at once', async () => {
  const list: StoredSigningKey[] = [];
  const young = new VerificationKeys({ list: async () => [...list] });
  await young.refresh();
  list.push(...rows);
  const token = await signAccessToken(signer, snapshot, issuer, content);
  const seen = await Promise.all(Array.from({ length: 5 }, () => verifyAccessToken(token, young, snapshot)));
  expect(seen).not.toContain(null);
});

test('an unknown id that could not be asked for is asked for again, and never called false', async () => {
  let down = false;
  const flaky = new VerificationKeys({
    list: async () => {
      if (down) throw new Error('connection refused');
      return [];
    },
  });
  await flaky.refresh();
  down = true;
  for (let i = 0; i < 2; i++) await expect(flaky.find('k1', 'ES256')).rejects.toThrow('connection refused');
});

test('a JWT of ours is told by its issuer', async () => {
  expect(isOfOurIssuer(await signAccessToken(other, snapshot, issuer, content), snapshot)).toBe(true);
  const foreign = await new SignJWT({ iss: 'https://idp.example' }).setProtectedHeader({ alg: 'ES256' }).sign(signer.key);
  for (const text of [foreign, 'junk', 'eyJhIjoxfQ.eyJ.x']) expect(isOfOurIssuer(text, snapshot)).toBe(false);
});
