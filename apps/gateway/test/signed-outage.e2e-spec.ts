/** Signed tokens (RFC 9068) that the gateway never saw, while its database is away. */
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { startInstallation, type TestInstallation, until } from '../../../test/harness/installation.js';
import { Relay } from '../../../test/harness/relay.js';
import { type GatewayProcess, makeGatewayProcess } from './gateway-process.js';
import { issueToken, namedFields } from './gateway-under-test.js';

const signedApi = (upstream: string) => `
name: Signed
auth: oauth2
authMethods: [local]
plans: [unlimited]
oauth2: { grants: [authorization_code, client_credentials], scopes: { read: Read }, tokenFormat: jwt }
upstream: { url: "${upstream}" }
routes: [{ paths: [/signed] }]
`;

/** The change feed's row, as whoever makes a change writes it. */
const told = (kind: string, id: string) => `
  INSERT INTO change_event (txid, kind, subject_id) VALUES (pg_current_xact_id()::text::bigint, '${kind}', '${id}');`;

const server = process.env.DATABASE_URL;
if (server) describe.each(['1', '2'])('a gateway of %s worker(s)', (workers) => outage(new Relay(new URL(server), 5_432), workers));
else test.skip('signed tokens in an outage: a gateway of its own needs DATABASE_URL', () => undefined);

interface Grant {
  readonly application: string;
  readonly subscription: string;
  /** A person's id; null: the client's own. */
  readonly person: string | null;
  readonly family: string | null;
}

function outage(relay: Relay, workers: string): void {
  let gateway: GatewayProcess;
  let key: CryptoKey;
  const grants: Record<string, Grant> = {};

  beforeAll(async () => {
    await relay.listen();
    gateway = await makeGatewayProcess({ env: { GATEWAY_WORKERS: workers } });
    const url = new URL(gateway.databaseUrl);
    url.hostname = '127.0.0.1';
    url.port = String(relay.port);
    gateway.env.DATABASE_URL = url.href;
    gateway.writeConfig('apis/signed/api.yaml', signedApi(gateway.upstreamUrl));
    const pair = await generateKeyPair('ES256', { extractable: true });
    key = pair.privateKey;
    const publicJwk = JSON.stringify(await exportJWK(pair.publicKey));
    await gateway.sql(
      `INSERT INTO signing_key (kid, alg, public_jwk, sealed_private, signs_from) VALUES ('k1', 'ES256', '${publicJwk}', '\\x00', now())`,
    );
    for (const name of ['ok', 'other', 'family-revoked', 'person-blocked', 'person-deleted', 'groups-changed', 'subscription-blocked'])
      grants[name] = await authorize(name);
    for (const name of ['subscription-deleted', 'application-blocked', 'application-deleted']) grants[name] = await authorize(name);
    for (const name of ['client', 'client-ended']) grants[name] = await authorize(name, false);
    await gateway.start();
    await untilHeld();
  });
  afterAll(async () => {
    await gateway.stop();
    await relay.goAway();
  });

  /** An application with a subscription of its own, and a person who let it in. */
  async function authorize(application: string, forPerson = true): Promise<Grant> {
    const [subscription, person, family] = [randomUUID(), randomUUID(), randomUUID()];
    await gateway.sql(`
      INSERT INTO application (id, name, client_type, redirect_uris) VALUES ('${application}', '${application}', 'confidential', '{}');
      INSERT INTO subscription (id, application_id, api_id, plan_id, client_id)
      VALUES ('${subscription}', '${application}', 'signed', 'unlimited', 'client-${application}');
      INSERT INTO user_account (id, email, groups, validated) VALUES ('${person}', '${application}@example.com', '{partners}', true);
      INSERT INTO token_family (id, subscription_id, user_id, auth_method_id, scopes)
      VALUES ('${family}', '${subscription}', '${person}', 'local', '{read}')`);
    return { application, subscription, person: forPerson ? person : null, family: forPerson ? family : null };
  }

  /** A token that nobody has seen. */
  function tokenOf({ application, subscription, person, family }: Grant, age = 120): Promise<string> {
    const now = Math.floor(Date.now() / 1_000);
    return new SignJWT({
      iss: 'http://localhost:8010/local/api/signed',
      sub: person ?? `client-${application}`,
      aud: 'http://localhost:8000/signed',
      client_id: `client-${application}`,
      iat: now - age,
      exp: now + 600,
      jti: randomUUID(),
      scope: 'read',
      subscription_id: subscription,
      ...(family === null ? {} : { family_id: family, groups: ['partners'], namespace: 'acme' }),
    })
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'k1' })
      .sign(key);
  }

  const show = async (token: string, path = '/signed/echo'): Promise<Response> =>
    fetch(`${gateway.url}${path}`, { headers: { authorization: `Bearer ${token}`, connection: 'close' } });
  const call = async (name: string): Promise<number> => (await show(await tokenOf(grants[name] as Grant))).status;
  /** Each worker is reached by some of them. */
  const callAll = async (name: string): Promise<number[]> => {
    const statuses = await Promise.all(Array.from({ length: 2 * Number(workers) }, () => call(name)));
    return [...new Set(statuses)];
  };
  const metric = async (line: RegExp): Promise<number> =>
    Number(line.exec(await (await fetch(`${gateway.internal}/metrics`)).text())?.[1] ?? Number.NaN);
  const untilHeld = () =>
    until(async () => (await metric(/^gatehouse_gateway_signed_grants_complete (\d)$/m)) === 1, 'what signed tokens hang on is held');
  const goAway = async (): Promise<void> => {
    await relay.goAway();
    await until(async () => (await gateway.readiness()).degraded.includes('database'), 'it notices');
  };

  const ENDED: Readonly<Record<string, (grant: Grant) => string>> = {
    'family-revoked': ({ family }) =>
      `UPDATE token_family SET revoked_at = now() WHERE id = '${family}'; ${told('token_family', `${family}`)}`,
    'person-blocked': ({ person }) => `UPDATE user_account SET blocked = true WHERE id = '${person}'; ${told('user', `${person}`)}`,
    'person-deleted': ({ person }) => `DELETE FROM user_account WHERE id = '${person}'; ${told('user', `${person}`)}`,
    'subscription-blocked': ({ subscription }) =>
      `UPDATE subscription SET status = 'blocked' WHERE id = '${subscription}'; ${told('subscription', subscription)}`,
    'subscription-deleted': ({ subscription }) =>
      `DELETE FROM subscription WHERE id = '${subscription}'; ${told('subscription', subscription)}`,
    'application-blocked': ({ application }) =>
      `UPDATE application SET blocked = true WHERE id = '${application}'; ${told('application', application)}`,
    'application-deleted': ({ application }) => `DELETE FROM application WHERE id = '${application}'; ${told('application', application)}`,
    'client-ended': ({ subscription }) =>
      `UPDATE subscription SET client_tokens_ended_at = now() WHERE id = '${subscription}'; ${told('subscription', subscription)}`,
  };

  async function checkAll(): Promise<void> {
    for (const name of ['ok', 'client', 'groups-changed']) expect([name, await callAll(name)]).toEqual([name, [200]]);
    for (const name of Object.keys(ENDED)) expect([name, await callAll(name)]).toEqual([name, [401]]);
    const seen = async () =>
      namedFields(((await (await fetch(`${gateway.upstreamUrl}/state`)).json()) as { last: { rawHeaders: string[] } }).last.rawHeaders);
    await call('ok');
    expect(await seen()).toMatchObject({
      'x-authenticated-scope': 'read wicked:partners',
      'x-authenticated-userid': `sub=${grants.ok?.person};namespace=acme`,
    });
    await call('groups-changed');
    expect(await seen()).toMatchObject({ 'x-authenticated-scope': 'read wicked:staff' });
  }

  test('BEHAVIOURS 64: what ends or changes shows within a second on tokens that were never seen, without a look-up', async () => {
    const looked = () => metric(/^gatehouse_gateway_credential_lookups\{state="running"\} (\d+)$/m);
    for (const [name, sql] of Object.entries(ENDED)) {
      expect([name, await callAll(name)]).toEqual([name, [200]]);
      await gateway.sql(`BEGIN; ${sql(grants[name] as Grant)} COMMIT`);
      await until(async () => (await callAll(name)).join() === '401', `refused: ${name}`);
    }
    const { person } = grants['groups-changed'] as Grant;
    await gateway.sql(`BEGIN; UPDATE user_account SET groups = '{staff}' WHERE id = '${person}'; ${told('user', `${person}`)} COMMIT`);
    await until(async () => (await metric(/^gatehouse_gateway_signed_grants\{kind="doubts"\} (\d+)$/m)) === 0, 'all is read again');
    await checkAll();
    expect(await looked()).toBe(0);
  });

  test('DESIGN 6: without the database every good one goes on, none that ended before does; opaque ones that are unknown get 503', async () => {
    const opaque = await gateway.issueToken('orders');
    await goAway();
    await checkAll();
    const unknown = await show(opaque, '/orders/v1/echo');
    expect([unknown.status, unknown.headers.get('retry-after')]).toEqual([503, '2']);
    // It may hang on a subscription that was made since the feed was read last.
    const stranger = { application: 'later', subscription: randomUUID(), person: null, family: null };
    expect((await show(await tokenOf(stranger, 0))).status).toBe(503);
    expect((await show(`${(await tokenOf(grants.ok as Grant)).slice(0, -8)}AAAAAAAA`)).status).toBe(401);
  });

  test('DESIGN 6: a gateway that starts meanwhile knows the same from its disk', async () => {
    expect(await gateway.end('SIGTERM')).toEqual([0, null]);
    await gateway.start();
    expect((await gateway.readiness()).degraded).toContain('database');
    await checkAll();
  });

  test('DESIGN 6: it recovers without a restart, and hears of what ended meanwhile', async () => {
    const { family } = grants.other as Grant;
    expect(await callAll('other')).toEqual([200]);
    await gateway.sql(
      `BEGIN; UPDATE token_family SET revoked_at = now() WHERE id = '${family}'; ${told('token_family', `${family}`)} COMMIT`,
    );
    await relay.listen();
    await until(async () => (await callAll('other')).join() === '401', 'refused');
    const opaque = await gateway.issueToken('orders');
    await until(async () => (await show(opaque, '/orders/v1/echo')).status === 200, 'opaque tokens are looked up again');
    await checkAll();
  });

  test('DESIGN 6: where nothing was kept, nothing is known: 503 in an outage, never 401, never accepted', async () => {
    await gateway.end('SIGTERM');
    await goAwayWithoutCredentials();
    await gateway.start({ GATEWAY_WORKERS: '1' });
    for (const name of ['ok', 'client', 'family-revoked', 'subscription-deleted']) expect([name, await call(name)]).toEqual([name, 503]);
    await relay.listen();
    await untilHeld();
    await checkAll();
  });

  /** Only the config is on the disk. */
  async function goAwayWithoutCredentials(): Promise<void> {
    for (const kind of ['credentials', 'subscriptions'])
      for (const worker of ['1', '2']) rmSync(join(gateway.env.GATEHOUSE_DATA as string, 'gateway', `${kind}-${worker}`), { force: true });
    await relay.goAway();
  }

  test('DESIGN 6: a gateway to which no signed token came before the outage has their keys, too', async () => {
    await gateway.end('SIGKILL');
    await goAwayWithoutCredentials();
    await relay.listen();
    await gateway.start();
    await untilHeld();
    await goAway();
    await checkAll();
    await relay.listen();
  });

  test('BEHAVIOURS 64: revocations that race with the reading at the start are not lost', async () => {
    await gateway.end('SIGKILL');
    await goAwayWithoutCredentials();
    await relay.listen();
    const { application, subscription, person } = grants.ok as Grant;
    const families = Array.from({ length: 600 }, () => randomUUID());
    const list = (ids: readonly string[]) => ids.map((id) => `'${id}'`).join();
    // Thousands of subscriptions, so that there are pages to be read meanwhile.
    await gateway.sql(`
      INSERT INTO application (id, name, client_type, redirect_uris) SELECT 'many-' || n, 'many', 'confidential', '{}' FROM generate_series(1, 5000) n;
      INSERT INTO subscription (application_id, api_id, plan_id) SELECT 'many-' || n, 'signed', 'unlimited' FROM generate_series(1, 5000) n;
      INSERT INTO token_family (id, subscription_id, user_id, auth_method_id, scopes)
      SELECT id, '${subscription}', '${person}', 'local', '{read}' FROM unnest(ARRAY[${list(families)}]::uuid[]) AS id`);
    const revoked: string[] = [];
    let done = false;
    const revoke = async (): Promise<void> => {
      while (!done && revoked.length < families.length / 2) {
        const some = families.slice(revoked.length, revoked.length + 2);
        await gateway.sql(
          `BEGIN; UPDATE token_family SET revoked_at = now() WHERE id IN (${list(some)}); ${some.map((id) => told('token_family', id)).join('')} COMMIT`,
        );
        revoked.push(...some);
      }
    };
    const revoking = revoke();
    await gateway.start({ GATEWAY_WORKERS: '1' });
    await untilHeld();
    done = true;
    await revoking;
    const last = { application, subscription, person, family: revoked.at(-1) as string };
    await until(async () => (await show(await tokenOf(last))).status === 401, 'the last one is heard of');
    await goAway();
    const statuses = async (ids: readonly string[]) =>
      new Set(await Promise.all(ids.map(async (family) => (await show(await tokenOf({ ...last, family }))).status)));
    expect(await statuses(revoked)).toEqual(new Set([401]));
    expect(await statuses(families.slice(-20))).toEqual(new Set([200]));
    await relay.listen();
  });
}

describe('everything in one process', () => {
  let installation: TestInstallation;
  beforeAll(async () => {
    installation = await startInstallation({
      config: join(import.meta.dirname, 'config'),
      files: {
        'apis/signed/api.yaml': signedApi('$' + '{SAMPLE_UPSTREAM_URL}/stock'),
        'applications/signer.yaml': `
name: Signer
clientType: confidential
owners: [{ email: ann@example.com, role: owner }]
subscriptions: [{ api: signed, plan: unlimited, clientId: signer, clientSecret: signer-secret }]
`,
      },
      env: { UPSTREAM_URL: 'http://127.0.0.1:9' },
    });
  });
  afterAll(() => installation.stop());

  test('DESIGN 6: while its database does not answer, new tokens go on, ended ones do not, unknown opaque ones get 503', async () => {
    const { sql, urls } = installation;
    const body = { grant_type: 'client_credentials', client_id: 'signer', client_secret: 'signer-secret' };
    const issue = async (): Promise<string> => {
      const answer = await fetch(`${urls.auth}/local/api/signed/token`, { method: 'POST', body: new URLSearchParams(body) });
      return ((await answer.json()) as { access_token: string }).access_token;
    };
    const call = async (token: string, path = '/signed') =>
      (await fetch(`${urls.gateway}${path}`, { headers: { authorization: `Bearer ${token}` } })).status;
    const [shown, ended] = [await issue(), await issue()];
    const [row] = await sql(`SELECT id::text FROM subscription WHERE client_id = 'signer'`);
    await sql(
      `BEGIN; UPDATE subscription SET client_tokens_ended_at = now() WHERE client_id = 'signer'; ${told('subscription', row?.id as string)} COMMIT`,
    );
    await until(async () => (await call(shown)) === 401, 'the end is heard of');
    // A token of the very second of the end is refused as well.
    await until(async () => (await call(await issue())) === 200, 'new tokens work');
    const complete = async () =>
      (await (await fetch(`${urls.internal}/metrics`)).text()).includes('gatehouse_gateway_signed_grants{kind="doubts"} 0');
    await until(complete, 'all is read');
    const [fresh, opaque] = [await issue(), await issueToken(installation, 'orders')];
    for (const table of ['change_event', 'subscription', 'access_token']) await sql(`ALTER TABLE ${table} RENAME TO ${table}_away`);
    await until(
      async () =>
        ((await (await fetch(`${urls.internal}/readyz`)).json()) as { degraded?: string[] }).degraded?.includes('database') ?? false,
      'it notices',
    );
    expect([await call(fresh), await call(ended), await call(opaque, '/orders/v1')]).toEqual([200, 401, 503]);
    for (const table of ['change_event', 'subscription', 'access_token']) await sql(`ALTER TABLE ${table}_away RENAME TO ${table}`);
    await until(async () => (await call(await issue())) === 200, 'it recovers');
  });
});
