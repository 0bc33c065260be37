import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { newToken } from '../../../libs/secrets/src/token.js';
import { until } from '../../../test/harness/installation.js';
import { type GatewayUnderTest, rawClient, startGatewayUnderTest } from './gateway-under-test.js';

let gateway: GatewayUnderTest;
beforeAll(async () => {
  gateway = await startGatewayUnderTest();
});
afterAll(() => gateway.stop());

const call = (path: string, headers: Record<string, string> = {}): Promise<Response> => fetch(gateway.url + path, { headers });
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
/** How every writer of the feed names its transaction. */
const TXID = 'pg_current_xact_id()::text::bigint';
const BARE_BEARER = 'Bearer realm="Orders \\"EU\\""';
const metadata = (path: string): string => `resource_metadata="${gateway.url}/.well-known/oauth-protected-resource${path}"`;

describe('a call with a token', () => {
  test('E: calls its API, and the upstream learns who calls (DESIGN 6)', async () => {
    const token = await gateway.issueToken('orders', { scopes: ['read'], person: 'ann@example.com' });
    const response = await call('/orders/v1/echo', bearer(token));
    expect(response.status).toBe(200);
    const fields = await gateway.seenFields();
    const [subscription] = await gateway.installation.sql(`SELECT id FROM subscription WHERE client_id = 'shop-orders'`);
    const [person] = await gateway.installation.sql(`SELECT id FROM user_account WHERE email = 'ann@example.com'`);
    expect(fields).toMatchObject({
      'x-consumer-id': 'shop',
      'x-consumer-username': 'shop$orders',
      'x-consumer-custom-id': subscription?.id,
      'x-credential-identifier': 'shop-orders',
      'x-authenticated-userid': `sub=${person?.id}`,
      'x-authenticated-scope': 'read wicked:partners',
      'x-plan-id': 'unlimited',
    });
    // BEHAVIOURS 63
    expect(fields.authorization).toBeUndefined();
  });

  test('E, BEHAVIOURS 40: is refused at another API', async () => {
    const token = await gateway.issueToken('orders');
    const response = await call('/both/echo', bearer(token));
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toContain('error="invalid_token"');
  });

  test('BEHAVIOURS 34: a client’s own token names no person', async () => {
    expect((await call('/orders/v1/echo', bearer(await gateway.issueToken('orders', { scopes: ['read'] })))).status).toBe(200);
    const fields = await gateway.seenFields();
    expect(fields['x-authenticated-userid']).toBeUndefined();
    expect(fields['x-authenticated-scope']).toBe('read');
  });

  test('BEHAVIOURS 58: without a credential, a bare challenge', async () => {
    const response = await call('/orders/v1/echo');
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe(`${BARE_BEARER}, ${metadata('/orders/v1')}`);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(await response.json()).toMatchObject({ status: 401, correlation_id: response.headers.get('x-correlation-id') });
  });

  test('BEHAVIOURS 59: unknown, malformed, expired and revoked look alike', async () => {
    const expired = await gateway.issueToken('orders', { ttl: -1 });
    const revoked = await gateway.issueToken('orders', { person: 'ann@example.com' });
    await gateway.installation.sql(
      `UPDATE token_family SET revoked_at = now() WHERE id = (SELECT family_id FROM access_token ORDER BY issued_at DESC LIMIT 1)`,
    );
    const answers = await Promise.all(
      [newToken('accessToken'), 'junk', '', expired, revoked].map(async (token) => {
        const response = await call('/orders/v1/echo', bearer(token));
        const { detail } = (await response.json()) as { detail: string };
        return [response.status, response.headers.get('www-authenticate'), detail];
      }),
    );
    for (const answer of answers) {
      expect(answer).toEqual([
        401,
        `${BARE_BEARER}, error="invalid_token", error_description="The access token is not valid", ${metadata('/orders/v1')}`,
        'The access token is not valid.',
      ]);
    }
  });

  test('BEHAVIOURS 60: a scope too few is 403, with all that are needed', async () => {
    const token = await gateway.issueToken('orders', { scopes: ['read'] });
    const response = await call('/orders/v1/admin/x', bearer(token));
    expect(response.status).toBe(403);
    expect(response.headers.get('www-authenticate')).toBe(
      `${BARE_BEARER}, error="insufficient_scope", scope="read write", ${metadata('/orders/v1/admin')}`,
    );
    const both = await gateway.issueToken('orders', { scopes: ['read', 'write'] });
    expect((await call('/orders/v1/admin/x', bearer(both))).status).toBe(200);
  });

  test('BEHAVIOURS 57: one in a form body is no credential, neither the first nor a second', async () => {
    const token = await gateway.issueToken('orders');
    const send = (headers: Record<string, string>) =>
      fetch(`${gateway.url}/orders/v1/echo`, { method: 'POST', headers, body: new URLSearchParams({ access_token: token }) });
    expect((await send({})).status).toBe(401);
    const response = await send(bearer(token));
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ body: `access_token=${token}` });
  });

  test('BEHAVIOURS 57: a token in the query is refused', async () => {
    const token = await gateway.issueToken('orders');
    const response = await call(`/orders/v1/echo?access_token=${token}`);
    expect(response.status).toBe(400);
    expect(response.headers.get('www-authenticate')).toContain('error="invalid_request"');
  });

  test('BEHAVIOURS 65: a cached token ends when it expires', async () => {
    const token = await gateway.issueToken('orders', { ttl: 2 });
    expect((await call('/orders/v1/echo', bearer(token))).status).toBe(200);
    await until(async () => (await call('/orders/v1/echo', bearer(token))).status === 401, 'the token has expired');
  });
});

describe('a call with a key', () => {
  test('calls its API, and the upstream never sees the key (BEHAVIOURS 63)', async () => {
    expect((await call('/reports/echo', { 'x-apikey': 'shop-key' })).status).toBe(200);
    const fields = await gateway.seenFields();
    expect(fields).toMatchObject({ 'x-consumer-id': 'shop', 'x-plan-id': 'unlimited' });
    expect(fields['x-apikey']).toBeUndefined();
  });

  test('a bad key or none is 401 with a challenge', async () => {
    for (const headers of [{}, { 'x-apikey': 'bad' }, { 'x-apikey': 'shop-both-key' }]) {
      const response = await call('/reports/echo', headers as Record<string, string>);
      expect(response.status).toBe(401);
      expect(response.headers.get('www-authenticate')).toBe('ApiKey realm="Reports", header="x-apikey"');
    }
  });

  test('BEHAVIOURS 62: an API with both takes either, and challenges for both', async () => {
    expect((await call('/both/echo', { 'x-apikey': 'shop-both-key' })).status).toBe(200);
    expect((await call('/both/echo', bearer(await gateway.issueToken('both')))).status).toBe(200);
    expect((await call('/both/echo')).headers.get('www-authenticate')).toBe(
      `Bearer realm="Both", ${metadata('/both')}, ApiKey realm="Both", header="x-apikey"`,
    );
  });

  test('BEHAVIOURS 57: two methods at once are 400', async () => {
    const token = await gateway.issueToken('both');
    expect((await call('/both/echo', { ...bearer(token), 'x-apikey': 'shop-both-key' })).status).toBe(400);
  });

  test('BEHAVIOURS 92, W14: a plan’s limit counts per subscription', async () => {
    const answers = [];
    for (let i = 0; i < 4; i++) answers.push(await call('/reports/echo', { 'x-apikey': 'small-key' }));
    expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200, 429]);
    const { headers } = answers[3] as Response;
    expect(headers.get('ratelimit-policy')).toBe('"minute";q=3;w=60');
    expect(headers.get('ratelimit')).toMatch(/^"minute";r=0;t=\d+$/);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await call('/reports/echo', { 'x-apikey': 'shop-key' })).status).toBe(200);
  });
});

describe('BEHAVIOURS 64: a change shows within a second', () => {
  const CHANGES: [string, string, string, string][] = [
    [
      'a blocked subscription',
      `UPDATE subscription SET status = 'blocked' WHERE client_id = 'shop-orders'`,
      'subscription',
      `SELECT id FROM subscription WHERE client_id = 'shop-orders'`,
    ],
    ['a blocked application', `UPDATE application SET blocked = true WHERE id = 'shop'`, 'application', `SELECT 'shop' AS id`],
    [
      'a blocked person',
      `UPDATE user_account SET blocked = true WHERE email = 'ann@example.com'`,
      'user',
      `SELECT id FROM user_account WHERE email = 'ann@example.com'`,
    ],
    [
      'a revoked family',
      `UPDATE token_family SET revoked_at = now()`,
      'token_family',
      `SELECT family_id AS id FROM access_token ORDER BY issued_at DESC LIMIT 1`,
    ],
    [
      'a deleted token',
      `DELETE FROM access_token`,
      'access_token',
      `SELECT encode(hash, 'hex') AS id FROM access_token ORDER BY issued_at DESC LIMIT 1`,
    ],
  ];

  test.each(CHANGES)('%s', async (_, change, kind, subject) => {
    const token = await gateway.issueToken('orders', { person: 'ann@example.com' });
    expect((await call('/orders/v1/echo', bearer(token))).status).toBe(200);
    const [row] = await gateway.installation.sql(subject);
    await gateway.installation.sql(
      `BEGIN; ${change}; INSERT INTO change_event (txid, kind, subject_id) VALUES (${TXID}, '${kind}', '${row?.id}'); COMMIT`,
    );
    await until(async () => (await call('/orders/v1/echo', bearer(token))).status === 401, 'the change shows');
    await gateway.installation.sql(`
      BEGIN;
      UPDATE subscription SET status = 'approved';
      UPDATE application SET blocked = false;
      UPDATE user_account SET blocked = false;
      INSERT INTO change_event (txid, kind, subject_id) SELECT ${TXID}, 'subscription', id::text FROM subscription;
      COMMIT`);
  });

  test('a subscription moves to a plan that the config brings a moment later: calls wait for it, and long ones go on', async () => {
    const token = await gateway.issueToken('orders');
    expect((await call('/orders/v1/echo', bearer(token))).status).toBe(200);
    const stream = rawClient(gateway.port);
    stream.send(`GET /orders/v1/sse HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n\r\n`);
    // By now it is among those that are asked again whenever something changes.
    await stream.waitFor(/data: 30 /);
    const move = (plan: string) =>
      gateway.installation.sql(`
        BEGIN;
        UPDATE subscription SET plan_id = '${plan}' WHERE client_id = 'shop-orders';
        INSERT INTO change_event (txid, kind, subject_id) SELECT ${TXID}, 'subscription', id::text FROM subscription WHERE client_id = 'shop-orders';
        COMMIT`);
    await move('gold');
    const statuses = new Set<number>();
    await until(async () => {
      const answer = call('/orders/v1/echo', bearer(token)).then(({ status }) => statuses.add(status));
      return (await Promise.race([answer, delay(200, 'waits')])) === 'waits';
    }, 'a call waits for the plan');
    gateway.installation.writeConfig('plans/gold.yaml', 'name: Gold\n');
    await until(async () => {
      await call('/orders/v1/echo', bearer(token));
      return (await gateway.seenFields())['x-plan-id'] === 'gold';
    }, 'the plan is in force');
    // A machine that takes longer than calls wait answers some by 503.
    expect([...statuses].filter((status) => status !== 200 && status !== 503)).toEqual([]);
    const seen = stream.received().length;
    await until(() => stream.received().length > seen + 50, 'the long call goes on');
    stream.socket.destroy();
    await move('unlimited');
  });

  test('a change whose transaction began before another that committed first', async () => {
    // Only where transactions can overlap: the embedded database has one connection.
    if (!process.env.DATABASE_URL) return;
    const token = await gateway.issueToken('orders');
    expect((await call('/orders/v1/echo', bearer(token))).status).toBe(200);
    const late = new pg.Client({ connectionString: gateway.installation.env.DATABASE_URL });
    await late.connect();
    try {
      await late.query('BEGIN');
      await late.query('DELETE FROM access_token');
      await late.query(`INSERT INTO change_event (txid, kind, subject_id) SELECT ${TXID}, 'subscription', id::text FROM subscription`);
      for (let i = 0; i < 4; i++) {
        await gateway.installation.sql(`INSERT INTO change_event (txid, kind, subject_id) VALUES (${TXID}, 'user', 'other-${i}')`);
        await new Promise((done) => setTimeout(done, 250));
      }
      expect((await call('/orders/v1/echo', bearer(token))).status).toBe(200);
      await late.query('COMMIT');
    } finally {
      await late.end();
    }
    await until(async () => (await call('/orders/v1/echo', bearer(token))).status === 401, 'the late change shows');
  });
});
