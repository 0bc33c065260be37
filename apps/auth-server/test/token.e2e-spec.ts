import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { TestInstallation } from '../../../test/harness/installation.js';
import { CLIENTS, credentials, exchange, issuerOf, newProofKey, obtainCode, postToken, refresh, startFixture } from './flow-driver.js';

let installation: TestInstallation;
let issuer: string;
const { shop, house } = CLIENTS;

beforeAll(async () => {
  installation = await startFixture();
  issuer = issuerOf(installation, shop);
});
afterAll(() => installation.stop());

const basic = (id: string, secret: string): string => `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
const machine = { grant_type: 'client_credentials' };

describe('D: exchange of a code', () => {
  test('D, 32, 33: a JSON body without redirect_uri', async () => {
    const code = await obtainCode(issuer, shop, { scope: 'read' });
    const answer = await postToken(issuer, { grant_type: 'authorization_code', code, ...credentials(shop) }, { json: true });
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      access_token: expect.stringMatching(/^gh_at_/),
      refresh_token: expect.stringMatching(/^gh_rt_/),
      token_type: 'bearer',
      expires_in: 1200,
      scope: 'read',
    });
    expect(answer.headers.get('content-type')).toContain('application/json');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('pragma')).toBe('no-cache');
  });

  test('D, 29: a form body, with redirect_uri and with Basic', async () => {
    const code = await obtainCode(issuer, shop);
    const body = { grant_type: 'authorization_code', code, redirect_uri: shop.redirectUri };
    const answer = await postToken(issuer, body, { headers: { authorization: basic(shop.id, shop.secret) } });
    expect(answer).toMatchObject({ status: 200, body: { token_type: 'bearer' } });
  });

  test('E: the token calls its API, and no other', async () => {
    const { body } = await exchange(issuer, shop, await obtainCode(issuer, shop));
    const call = async (path: string) =>
      (await fetch(`${installation.urls.gateway}${path}`, { headers: { authorization: `Bearer ${body.access_token}` } })).status;
    expect(await call('/orders/v1')).toBe(200);
    expect([401, 403]).toContain(await call('/reports/v1'));
  });

  test('25: codes and tokens are stored hashed', async () => {
    const code = await obtainCode(issuer, shop);
    const { body } = await exchange(issuer, shop, code);
    const rows = JSON.stringify([
      await installation.sql(`SELECT encode(hash, 'escape') AS h FROM authorization_code`),
      await installation.sql(`SELECT encode(hash, 'escape') AS h FROM access_token`),
      await installation.sql(`SELECT encode(hash, 'escape') AS h, encode(sealed_successor, 'escape') AS s FROM refresh_token`),
    ]);
    for (const secret of [code, body.access_token, body.refresh_token]) expect(rows).not.toContain(secret);
  });

  test('25, 30: a code that is 60 s old is refused', async () => {
    const code = await obtainCode(issuer, shop);
    const [row] = await installation.sql(
      `SELECT extract(epoch FROM expires_at - created_at)::int AS life FROM authorization_code ORDER BY created_at DESC LIMIT 1`,
    );
    expect(row?.life).toBe(60);
    await installation.sql(`UPDATE authorization_code SET expires_at = now() WHERE consumed_at IS NULL`);
    expect(await exchange(issuer, shop, code)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  });

  test('W4, 10: a public client proves itself by its verifier; browsers get no refresh token, devices do', async () => {
    for (const [client, refreshes] of [
      [CLIENTS.page, false],
      [CLIENTS.pocket, true],
      [CLIENTS.pageLists, true],
    ] as const) {
      const at = issuerOf(installation, client);
      const proof = newProofKey();
      const code = await obtainCode(at, client, proof.challenge);
      const answer = await exchange(at, client, code, { code_verifier: proof.verifier });
      expect([client.id, answer.status, answer.body.refresh_token !== undefined]).toEqual([client.id, 200, refreshes]);
    }
  });

  test('an API whose grants lack refresh_token gives none', async () => {
    const reports = issuerOf(installation, CLIENTS.shopReports);
    const code = await obtainCode(reports, CLIENTS.shopReports, { scope: 'sales' });
    const { status, body } = await exchange(reports, CLIENTS.shopReports, code);
    expect([status, body.refresh_token]).toEqual([200, undefined]);
  });

  test('W2: a trusted subscription without scope gets all; W3: allowedScopes narrows, and the answer says so', async () => {
    expect((await exchange(issuer, house, await obtainCode(issuer, house))).body.scope).toBe('read write admin');
    expect((await exchange(issuer, shop, await obtainCode(issuer, shop))).body.scope).toBe('');
    const narrowed = await obtainCode(issuer, CLIENTS.reader, { scope: 'read write' });
    expect((await exchange(issuer, CLIENTS.reader, narrowed)).body.scope).toBe('read');
    const none = await obtainCode(issuer, CLIENTS.mute, { scope: 'read' });
    expect((await exchange(issuer, CLIENTS.mute, none)).body.scope).toBe('');
  });
});

describe('25, 28, 29, 30: what a code is bound to', () => {
  const proof = newProofKey();
  type Attempt = () => { at?: string; body: Record<string, string> };
  const attempts: [string, Attempt][] = [
    ['another client', () => ({ body: credentials(house) })],
    ['a public client of the same API', () => ({ body: credentials(CLIENTS.page) })],
    ['another auth method', () => ({ at: issuerOf(installation, shop, 'staff'), body: credentials(shop) })],
    ['another redirect_uri', () => ({ body: { ...credentials(shop), redirect_uri: 'https://shop.example/cb?tenant=1' } })],
    ['no verifier', () => ({ body: credentials(shop) })],
    ['a wrong verifier', () => ({ body: { ...credentials(shop), code_verifier: newProofKey().verifier } })],
    ['a malformed verifier', () => ({ body: { ...credentials(shop), code_verifier: 'short' } })],
  ];
  const send = (code: string, attempt: Attempt) => {
    const { at = issuer, body } = attempt();
    return postToken(at, { grant_type: 'authorization_code', code, ...body });
  };

  test.each(attempts)('%s: invalid_grant, and the code still works for its client', async (_, attempt) => {
    const code = await obtainCode(issuer, shop, proof.challenge);
    expect(await send(code, attempt)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    expect((await exchange(issuer, shop, code, { code_verifier: proof.verifier })).status).toBe(200);
  });

  test.each(attempts)('28: a replay with %s burns nothing', async (_, attempt) => {
    const code = await obtainCode(issuer, shop, proof.challenge);
    const { body } = await exchange(issuer, shop, code, { code_verifier: proof.verifier });
    expect(await send(code, attempt)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    expect((await refresh(issuer, shop, body.refresh_token)).status).toBe(200);
  });

  test('12: a verifier for a code without challenge is refused', async () => {
    const code = await obtainCode(issuer, shop);
    const answer = await exchange(issuer, shop, code, { code_verifier: proof.verifier });
    expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  });

  test('26: the second use is refused and the tokens of the first are revoked', async () => {
    const code = await obtainCode(issuer, shop, proof.challenge);
    const first = await exchange(issuer, shop, code, { code_verifier: proof.verifier });
    const second = await exchange(issuer, shop, code, { code_verifier: proof.verifier });
    expect(second).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    expect(await refresh(issuer, shop, first.body.refresh_token)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    const call = await fetch(`${installation.urls.gateway}/orders/v1`, { headers: { authorization: `Bearer ${first.body.access_token}` } });
    expect(call.status).toBe(401);
    const [rest] = await installation.sql(
      `SELECT count(*)::int AS n FROM access_token a JOIN token_family f ON f.id = a.family_id WHERE f.revoked_at IS NOT NULL`,
    );
    expect(rest?.n).toBe(0);
  });

  test.each(['gh_ac_nonsense', 'x', 'ä', '%00'])('30: the unknown code %s', async (code) => {
    expect(await exchange(issuer, shop, code)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  });

  test('a person who was blocked meanwhile', async () => {
    const code = await obtainCode(issuer, shop, {}, { email: 'outcast@example.com', password: 'to-be-blocked' });
    await installation.sql(`UPDATE user_account SET blocked = true WHERE email = 'outcast@example.com'`);
    expect((await exchange(issuer, shop, code)).body.error).toBe('invalid_grant');
  });
});

describe('20: the request', () => {
  test.each(['GET', 'PUT', 'DELETE'])('%s is refused', async (method) => {
    const response = await fetch(`${issuer}/token`, { method });
    expect([response.status, response.headers.get('allow')]).toEqual([405, expect.stringContaining('POST')]);
    expect(await response.json()).toMatchObject({ error: 'invalid_request' });
  });

  const postWithQuery = async (query: string) =>
    (await fetch(`${issuer}/token?${query}`, { method: 'POST', body: new URLSearchParams({ ...machine, ...credentials(shop) }) })).status;

  test.each(['client_id=shop-orders', 'client_secret=x', 'code=x', 'grant_type=a&grant_type=b'])(
    'parameters in the query are refused: %s',
    async (query) => {
      expect(await postWithQuery(query)).toBe(400);
    },
  );

  test('a query that means nothing here is ignored', async () => {
    expect(await postWithQuery('refresh_token=&foo=bar')).toBe(200);
  });

  test.each(['text/plain', 'multipart/form-data; boundary=x', 'application/xml', ''])('content type %j: 415', async (type) => {
    const answer = await postToken(issuer, 'grant_type=client_credentials', { headers: { 'content-type': type } });
    expect([answer.status, answer.body.error]).toEqual([415, 'invalid_request']);
  });

  test('a charset beside the content type changes nothing', async () => {
    for (const [type, body] of [
      ['application/json; charset=utf-8', JSON.stringify({ ...machine, ...credentials(shop) })],
      ['Application/X-WWW-Form-Urlencoded;charset=UTF-8', new URLSearchParams({ ...machine, ...credentials(shop) }).toString()],
    ] as const) {
      expect((await postToken(issuer, body, { headers: { 'content-type': type } })).status).toBe(200);
    }
  });

  test.each(['', '[]', 'null', '{"grant_type":1}', '{"grant_type":["client_credentials"]}', '{"client_id":"a","client_id":"b"}', '{'])(
    'the JSON body %j',
    async (body) => {
      expect(await postToken(issuer, body, { json: true })).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
    },
  );

  test.each(['grant_type=a&grant_type=b', 'client_id=%FF', 'client_id=%00', 'scope=a&scope=a'])('the form body %j', async (body) => {
    expect(await postToken(issuer, body)).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
  });

  test('a body that is too large: 413', async () => {
    expect((await postToken(issuer, `code=${'x'.repeat(100_000)}`)).status).toBe(413);
  });

  test('39 (8707 §2): another resource', async () => {
    const answer = await postToken(issuer, { ...machine, ...credentials(shop), resource: 'https://elsewhere.example' });
    expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_target' } });
  });

  test('browsers may call it from any origin, preflight included', async () => {
    const preflight = await fetch(`${issuer}/token`, {
      method: 'OPTIONS',
      headers: {
        origin: 'https://page.example',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type',
      },
    });
    expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([204, '*']);
    expect(preflight.headers.get('access-control-allow-headers')?.toLowerCase()).toContain('content-type');
    expect(preflight.headers.get('access-control-allow-credentials')).toBeNull();
    const failed = await postToken(issuer, {}, { headers: { origin: 'https://page.example' } });
    expect(failed.headers.get('access-control-allow-origin')).toBe('*');
  });
});

describe('21–24: client authentication', () => {
  test('22: Basic halves are form-urldecoded', async () => {
    const field = basic(encodeURIComponent(house.id), encodeURIComponent(house.secret));
    expect((await postToken(issuer, machine, { headers: { authorization: field } })).status).toBe(200);
  });

  test('21: two methods at once', async () => {
    const both = await postToken(issuer, { ...machine, ...credentials(shop) }, { headers: { authorization: basic(shop.id, shop.secret) } });
    expect(both).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
    const differing = await postToken(
      issuer,
      { ...machine, client_id: house.id },
      { headers: { authorization: basic(shop.id, shop.secret) } },
    );
    expect(differing).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
    const same = await postToken(issuer, { ...machine, client_id: shop.id }, { headers: { authorization: basic(shop.id, shop.secret) } });
    expect(same.status).toBe(200);
  });

  test.each<[string, string]>([
    ['a wrong secret', basic(shop.id, 'wrong')],
    ['an unknown client', basic('nobody', 'wrong')],
    ['a client of another API', basic('shop-reports', 'shop-reports-secret')],
    ['bad base64', 'Basic !!!'],
    ['another scheme', 'Bearer abc'],
  ])('23: %s by Basic: 401 with a challenge', async (_, authorization) => {
    const answer = await postToken(issuer, machine, { headers: { authorization } });
    expect([answer.status, answer.body.error]).toEqual([401, 'invalid_client']);
    expect(answer.headers.get('www-authenticate')).toMatch(/^Basic realm="/);
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  test('24: the same answer, after the same least time, for an unknown client, one of another API and a wrong secret', async () => {
    const ids = ['nobody', shop.id, CLIENTS.shopReports.id];
    const bodies = await Promise.all(
      ids.map(async (client_id) => {
        const begun = performance.now();
        const answer = await postToken(issuer, { ...machine, client_id, client_secret: 'wrong' });
        // A millisecond for the clocks: timers round.
        expect(performance.now() - begun).toBeGreaterThanOrEqual(499);
        return answer;
      }),
    );
    const refusal = [401, { error: 'invalid_client', error_description: bodies[0]?.body.error_description }];
    expect(bodies.map((answer) => [answer.status, answer.body])).toEqual([refusal, refusal, refusal]);
    expect(bodies[0]?.body.error_description).toEqual(expect.any(String));
  });

  test.each<[string, Record<string, string>]>([
    ['no credentials', {}],
    ['a confidential client without its secret', { client_id: 'shop-orders' }],
    ['a public client with a secret', { client_id: 'page-orders', client_secret: 'x' }],
  ])('23: %s', async (_, body) => {
    expect(await postToken(issuer, { ...machine, ...body })).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
  });

  test('a subscription that is not in force', async () => {
    await installation.sql(`UPDATE subscription SET status = 'blocked' WHERE client_id = 'mute-orders'`);
    const answer = await postToken(issuer, { ...machine, ...credentials(CLIENTS.mute) });
    await installation.sql(`UPDATE subscription SET status = 'approved' WHERE client_id = 'mute-orders'`);
    expect(answer).toMatchObject({ status: 400, body: { error: 'unauthorized_client' } });
  });
});

describe('31, 34: grants', () => {
  test('9, 31: grant_type=password is known, and this API does not allow it', async () => {
    const answer = await postToken(issuer, { grant_type: 'password', username: 'a', password: 'b', ...credentials(shop) });
    expect(answer.body.error).toBe('unauthorized_client');
  });

  test.each(['magic', 'implicit', 'urn:ietf:params:oauth:grant-type:token-exchange'])(
    '31: grant_type=%s is unsupported',
    async (grant_type) => {
      expect((await postToken(issuer, { grant_type, ...credentials(shop) })).body.error).toBe('unsupported_grant_type');
    },
  );

  test('31: a known grant that the API or the kind of client does not have', async () => {
    const reports = issuerOf(installation, CLIENTS.shopReports);
    for (const grant_type of ['client_credentials', 'refresh_token']) {
      expect((await postToken(reports, { grant_type, ...credentials(CLIENTS.shopReports) })).body.error).toBe('unauthorized_client');
    }
    const browser = await postToken(issuer, { grant_type: 'refresh_token', refresh_token: 'x', ...credentials(CLIENTS.page) });
    expect(browser.body.error).toBe('unauthorized_client');
  });

  test.each<[Record<string, string>, string]>([
    [{}, 'grant_type'],
    [{ grant_type: 'authorization_code' }, 'code'],
    [{ grant_type: 'refresh_token' }, 'refresh_token'],
  ])('%j lacks %s', async (body, missing) => {
    const answer = await postToken(issuer, { ...body, ...credentials(shop) });
    expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_request', error_description: `${missing} is missing` } });
  });

  test('34, W9: client credentials: no refresh token, by any auth method of the API, confidential clients only', async () => {
    for (const method of ['local', 'staff']) {
      const answer = await postToken(issuerOf(installation, shop, method), { ...machine, ...credentials(shop), scope: 'read' });
      expect(answer.body).toEqual({ access_token: expect.any(String), token_type: 'bearer', expires_in: 1200, scope: 'read' });
    }
    expect((await postToken(issuer, { ...machine, ...credentials(CLIENTS.page) })).body.error).toBe('unauthorized_client');
  });

  test('34: scopes are checked and narrowed as elsewhere', async () => {
    const scopeOf = async (client: typeof shop | typeof house, scope?: string) =>
      (await postToken(issuer, { ...machine, ...credentials(client), ...(scope === undefined ? {} : { scope }) })).body;
    expect((await scopeOf(shop)).scope).toBe('');
    expect((await scopeOf(house)).scope).toBe('read write admin');
    expect((await scopeOf(shop, 'nope')).error).toBe('invalid_scope');
  });
});
