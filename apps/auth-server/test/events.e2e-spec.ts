/** Every security event is in the audit log and in the change feed, both in the transaction of the deed. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { startInstallation, type TestInstallation, until } from '../../../test/harness/installation.js';
import { WebSession } from '../../../test/harness/web-session.js';
import {
  ADA,
  authorize,
  authorizeUrl,
  CLIENTS,
  credentials,
  exchange,
  goOn,
  issuerOf,
  logIn,
  obtainCode,
  postForm,
  postToken,
  refresh,
  type TestClient,
} from './flow-driver.js';
import { type OperatorService, says, startOperatorService } from './operator-service.js';

const { shop, house } = CLIENTS;
const gated = { id: 'house-gated', secret: 'house-secret', redirectUri: 'https://house.example/cb', api: 'gated' };
const ROTATING = (secrets: string) => `name: Rotating
clientType: confidential
redirectUris: ["https://rotating.example/cb"]
owners: [{ email: ada@example.com, role: owner }]
subscriptions:
  - { api: orders, plan: basic, clientId: rotating-orders, clientSecret: ${secrets} }
`;

let service: OperatorService;
let installation: TestInstallation;
let issuer: string;
/** Where Ada is logged in. */
let ada: WebSession;

beforeAll(async () => {
  service = await startOperatorService();
  service.answer = says({ allow: true, authenticated_scope: ['read'] });
  installation = await startInstallation({
    config: join(import.meta.dirname, 'config'),
    env: { OPERATOR_SERVICE: service.url },
    files: {
      'applications/rotating.yaml': ROTATING('first-secret'),
      'apis/gated/api.yaml': `name: Gated
auth: oauth2
authMethods: [local]
plans: [basic]
oauth2: { scopes: { read: Read }, passthroughScopeUrl: "\${OPERATOR_SERVICE}/decide" }
upstream: { url: "\${OPERATOR_SERVICE}/echo" }
routes: [{ paths: [/gated/v1] }]
`,
      'applications/gate.yaml': `name: Gate
clientType: confidential
redirectUris: ["https://house.example/cb"]
owners: [{ email: ada@example.com, role: owner }]
subscriptions:
  - { api: gated, plan: basic, trusted: true, clientId: house-gated, clientSecret: house-secret }
`,
    },
  });
  issuer = issuerOf(installation, shop);
  ada = new WebSession();
  await authorize(ada, authorizeUrl(issuerOf(installation, house), house));
});
afterAll(async () => {
  await installation?.stop();
  await service?.stop();
});
beforeEach(async () => {
  service.answer = says({ allow: true, authenticated_scope: ['read'] });
  await installation.sql('DELETE FROM failure_count');
});

const COUNTED = `(SELECT count(*)::int FROM audit_event WHERE kind = 'KIND') AS events,
  (SELECT count(*)::int FROM change_event WHERE kind = 'KIND') AS told,
  (SELECT coalesce(sum(cardinality(audit_event_ids)), 0)::int FROM change_event WHERE kind = 'KIND') AS "toldIds",
  (SELECT count(*)::int FROM audit_event a JOIN change_event c ON c.kind = a.kind AND a.id = ANY(c.audit_event_ids)
   WHERE a.kind = 'KIND') AS matching`;
type Counts = { events: number; told: number; toldIds: number; matching: number };
const countsOf = async (kind: string): Promise<Counts> =>
  (await installation.sql(`SELECT ${COUNTED.replaceAll('KIND', kind)}`))[0] as unknown as Counts;

const guess = async (email: string, password = 'wrong'): Promise<number> => {
  const session = new WebSession();
  return (await session.submit(await session.get(`${installation.urls.auth}/local/login`), { email, password })).status;
};
const byPassword = async () => {
  const session = new WebSession();
  return logIn(session, await goOn(session, await session.get(authorizeUrl(issuer, shop, { prompt: 'login' }))), ADA);
};
const tokens = async () => (await exchange(issuer, shop, await obtainCode(issuer, shop))).body;
const enterCode = async (): Promise<number> => {
  const session = new WebSession();
  return (await session.submit(await session.get(`${installation.urls.auth}/device`), { user_code: 'BBBB-BBBB' })).status;
};
const forget = async (email: string): Promise<number> => {
  const session = new WebSession();
  return (await session.submit(await session.get(`${installation.urls.auth}/local/forgot-password`), { email })).status;
};
const impostor = { ...shop, secret: 'not-the-secret' };
const impersonate = () => postToken(issuer, { grant_type: 'client_credentials', ...credentials(impostor) });
const times = <Result>(count: number, act: (index: number) => Promise<Result>) =>
  Promise.all(Array.from({ length: count }, (_, index) => act(index)));
const status = async (answer: Promise<{ status: number }>): Promise<number> => (await answer).status;

/** A deed: what comes before it, the deed itself, and rows that say whether it was done. */
interface Deed {
  readonly kind: string;
  readonly prepare?: () => Promise<unknown>;
  // biome-ignore lint/suspicious/noExplicitAny: each deed knows what its preparation gave
  readonly act: (prepared: any) => Promise<number>;
  readonly done: string;
}

const sessions = `SELECT count(*) FROM user_session`;
const accessTokens = `SELECT count(*) FROM access_token`;
const revoked = `SELECT count(*) FROM token_family WHERE revoked_at IS NOT NULL`;
const failures = `SELECT coalesce(sum(failures), 0) FROM failure_count`;
const DEEDS: readonly Deed[] = [
  { kind: 'login', act: () => status(byPassword()), done: sessions },
  { kind: 'login-failed', act: () => guess(ADA.email), done: failures },
  {
    kind: 'login-locked',
    prepare: () => times(10, () => guess(ADA.email)),
    act: () => guess(ADA.email),
    done: failures,
  },
  { kind: 'device-code-failed', act: enterCode, done: failures },
  { kind: 'device-code-locked', prepare: () => times(20, enterCode), act: enterCode, done: failures },
  { kind: 'client-authentication-failed', act: () => status(impersonate()), done: failures },
  {
    kind: 'mail-locked',
    prepare: () => times(5, () => forget('nobody@example.com')),
    act: () => forget('nobody@example.com'),
    done: failures,
  },
  {
    kind: 'consent-given',
    prepare: () => installation.sql('DELETE FROM consent'),
    act: () => status(authorize(ada, authorizeUrl(issuer, shop, { scope: 'read' }))),
    done: 'SELECT count(*) FROM consent',
  },
  {
    kind: 'consent-revoked',
    prepare: async () => {
      await authorize(ada, authorizeUrl(issuer, shop, { scope: 'read' }));
      return ada.get(`${installation.urls.auth}/account`);
    },
    act: (account) => status(ada.submit(account, {}, { marker: 'name="application"' })),
    done: 'SELECT count(*) FROM consent',
  },
  {
    kind: 'scope-refused',
    prepare: async () => {
      service.answer = says({ allow: false });
    },
    act: () => status(authorize(ada, authorizeUrl(issuerOf(installation, gated), gated))),
    done: 'SELECT count(*) FROM authorization_request WHERE finished_at IS NOT NULL',
  },
  {
    kind: 'token-issued',
    act: () => status(postToken(issuer, { grant_type: 'client_credentials', ...credentials(shop) })),
    done: accessTokens,
  },
  {
    kind: 'token-issued',
    prepare: () => obtainCode(issuer, shop),
    act: (code) => status(exchange(issuer, shop, code)),
    done: accessTokens,
  },
  { kind: 'token-refreshed', prepare: tokens, act: (body) => status(refresh(issuer, shop, body.refresh_token)), done: accessTokens },
  {
    kind: 'refresh-token-reused',
    prepare: async () => {
      const { refresh_token } = await tokens();
      await refresh(issuer, shop, refresh_token);
      await installation.sql(`UPDATE refresh_token SET consumed_at = now() - interval '1 minute' WHERE consumed_at IS NOT NULL`);
      return refresh_token;
    },
    act: (token) => status(refresh(issuer, shop, token)),
    done: revoked,
  },
  {
    kind: 'code-replayed',
    prepare: async () => {
      const code = await obtainCode(issuer, shop);
      await exchange(issuer, shop, code);
      return code;
    },
    act: (code) => status(exchange(issuer, shop, code)),
    done: revoked,
  },
  {
    kind: 'token-revoked',
    prepare: tokens,
    act: (body) => status(postForm(`${issuer}/revoke`, { token: body.refresh_token, ...credentials(shop) })),
    done: revoked,
  },
];

const doneRows = async (sql: string): Promise<unknown> => (await installation.sql(sql))[0];

describe.each(DEEDS.map((deed) => [`${deed.kind} (${deed.done.replace(/.*FROM /, '')})`, deed] as const))('9, W13: %s', (_, deed) => {
  test('is once in the audit log and once in the change feed', async () => {
    const prepared = await deed.prepare?.();
    const before = await countsOf(deed.kind);
    const doneBefore = await doneRows(deed.done);
    await deed.act(prepared);
    expect(await doneRows(deed.done)).not.toEqual(doneBefore);
    const one = { events: before.events + 1, told: before.told + 1, toldIds: before.toldIds + 1, matching: before.matching + 1 };
    expect(await countsOf(deed.kind)).toEqual(one);
  });

  test.each(['audit_event', 'change_event'])('where %s cannot be written, neither the deed nor the event is there', async (table) => {
    const prepared = await deed.prepare?.();
    const before = await countsOf(deed.kind);
    const doneBefore = await doneRows(deed.done);
    await installation.sql(`
      CREATE FUNCTION break_it() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'broken for a test'; END $$;
      CREATE TRIGGER broken BEFORE INSERT ON ${table} FOR EACH ROW WHEN (NEW.kind = '${deed.kind}') EXECUTE FUNCTION break_it()`);
    try {
      await deed.act(prepared);
    } finally {
      await installation.sql('DROP FUNCTION break_it CASCADE');
    }
    expect(await doneRows(deed.done)).toEqual(doneBefore);
    expect(await countsOf(deed.kind)).toEqual(before);
  });
});

const forgetEvents = async (...kinds: string[]): Promise<void> => {
  const some = kinds.map((kind) => `'${kind}'`).join(', ');
  await installation.sql(`DELETE FROM change_event WHERE kind IN (${some}); DELETE FROM audit_event WHERE kind IN (${some})`);
};
const eventsOf = (kind: string, field: string) =>
  installation.sql(`SELECT subject, address, details->>'${field}' AS "${field}" FROM audit_event WHERE kind = '${kind}' ORDER BY id`);

test('9, RFC 8628 §5.1: events of wrong codes name the network, and no code', async () => {
  await forgetEvents('device-code-failed', 'device-code-locked');
  await times(23, enterCode);
  const failed = { subject: 'network:127.0.0.1', address: '127.0.0.1', code: null };
  expect(await eventsOf('device-code-failed', 'code')).toEqual(Array(20).fill(failed));
  expect(await eventsOf('device-code-locked', 'code')).toEqual([failed]);
  expect(await installation.sql(`SELECT FROM audit_event WHERE audit_event::text ~* 'BBBB'`)).toEqual([]);
});

test('9: forms that cause mails are locked per address with one event', async () => {
  await forgetEvents('mail-locked');
  const statuses = await times(33, (index) => forget(`nobody-${index}@example.com`));
  expect(statuses.filter((one) => one === 429)).toHaveLength(3);
  expect(await eventsOf('mail-locked', 'reason')).toEqual([{ subject: 'network:127.0.0.1', address: '127.0.0.1', reason: null }]);
});

describe("9, RFC 6749 §5.2: a client's failed authentication", () => {
  beforeEach(async () => {
    await forgetEvents('client-authentication-failed');
  });
  const reasons = async () => (await eventsOf('client-authentication-failed', 'reason')).map(({ reason }) => reason);

  test.each(['token', 'revoke', 'introspect', 'device_authorization'])(
    'at /%s is an event, an unknown client is none',
    async (endpoint) => {
      const send = (client: Partial<TestClient>) => postForm(`${issuer}/${endpoint}`, credentials({ ...shop, ...client }));
      for (const client of [{ secret: 'not-the-secret' }, { secret: undefined }, { id: 'nobody' }]) {
        expect(await send(client)).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
      }
      expect((await reasons()).sort()).toEqual(['secret-missing', 'wrong-secret']);
      const [event] = await eventsOf('client-authentication-failed', 'clientId');
      expect(event).toEqual({ subject: expect.stringMatching(/^subscription:/), address: '127.0.0.1', clientId: shop.id });
    },
  );

  test('a flood of them is ten events and one that says so, and keeps nobody out', async () => {
    expect(new Set((await times(25, impersonate)).map((answer) => answer.status))).toEqual(new Set([401]));
    expect((await reasons()).sort()).toEqual(['too-many', ...Array(10).fill('wrong-secret')]);
    expect(await countsOf('client-authentication-failed')).toMatchObject({ toldIds: 11, matching: 11 });
    expect(await status(postToken(issuer, { grant_type: 'client_credentials', ...credentials(shop) }))).toBe(200);
  });
});

const ROTATE = ['bin/gatehouse.mjs', 'keys', 'rotate'];

test('9, W13: a secret that is added and keys that are rotated are in both', async () => {
  const before = await countsOf('secret-added');
  installation.writeConfig('applications/rotating.yaml', ROTATING('[second-secret, first-secret]'));
  await until(async () => (await countsOf('secret-added')).events > before.events, 'the secret is added');
  const { events, told, matching } = await countsOf('secret-added');
  expect([events, told, matching]).toEqual([before.events + 1, before.told + 1, before.matching + 1]);
  // The embedded database serves one process.
  if (process.env.DATABASE_URL) await promisify(execFile)(process.execPath, ROTATE, { env: { ...installation.env } });
  for (const kind of process.env.DATABASE_URL ? ['key-created', 'key-rotated'] : ['key-created']) {
    const keys = await countsOf(kind);
    expect(keys.events).toBeGreaterThan(0);
    expect(keys).toMatchObject({ toldIds: keys.events, matching: keys.events });
  }
});

test('9: every event of the audit log is in the feed, and each row of the feed names what is there', async () => {
  const [left] = await installation.sql(`
    SELECT count(*)::int AS untold FROM audit_event a
    WHERE NOT EXISTS (SELECT FROM change_event c WHERE c.kind = a.kind AND a.id = ANY(c.audit_event_ids))`);
  expect(left).toEqual({ untold: 0 });
  const [missing] = await installation.sql(`
    SELECT count(*)::int AS missing FROM change_event c CROSS JOIN unnest(c.audit_event_ids) AS event (id)
    WHERE NOT EXISTS (SELECT FROM audit_event a WHERE a.id = event.id AND a.kind = c.kind)`);
  expect(missing).toEqual({ missing: 0 });
});

test('9: tokens that are issued at once share a row of the feed, and gateways read none of them', async () => {
  const metric = async (): Promise<number> => {
    const text = await (await fetch(`${installation.urls.internal}/metrics`)).text();
    return Number(/^gatehouse_gateway_changes_total (\d+)/m.exec(text)?.[1]);
  };
  const [marker, last] = [await tokens(), await tokens()];
  const revoke = (token: unknown) => postForm(`${issuer}/revoke`, { token: String(token), ...credentials(shop) });
  const statusAtGateway = async (): Promise<number> =>
    (await fetch(`${installation.urls.gateway}/orders/v1`, { headers: { authorization: `Bearer ${marker.access_token}` } })).status;
  expect(await statusAtGateway()).not.toBe(401);
  await revoke(marker.refresh_token);
  // The feed is read in its order: what the tests before this one changed is read by then, too.
  await until(async () => (await statusAtGateway()) === 401, 'the gateway has read all changes');
  const [before, readBefore] = [await countsOf('token-issued'), await metric()];
  const issue = () => postToken(issuer, { grant_type: 'client_credentials', ...credentials(shop) });
  expect(new Set((await Promise.all(Array.from({ length: 60 }, issue))).map((answer) => answer.status))).toEqual(new Set([200]));
  const after = await countsOf('token-issued');
  expect([after.events - before.events, after.matching - before.matching]).toEqual([60, 60]);
  expect(after.told - before.told).toBeLessThan(60);
  // A change that gateways act on comes after them all: once that is read, they would have been.
  await revoke(last.refresh_token);
  await until(async () => (await metric()) > readBefore, 'the revocation is read');
  expect(await metric()).toBe(readBefore + 1);
});

test('9: rows of the feed that are a day old go, events and changes alike, and younger ones stay', async () => {
  await guess('old@example.com');
  await installation.sql(`UPDATE change_event SET created_at = now() - interval '25 hours'`);
  await guess('young@example.com');
  const old = async () => (await installation.sql(`SELECT FROM change_event WHERE created_at < now() - interval '24 hours'`)).length;
  await installation.end('SIGTERM');
  await installation.start();
  await until(async () => (await old()) === 0, 'old rows are deleted');
  expect((await countsOf('login-failed')).told).toBe(1);
});

test('64: where signed tokens live longer than a day, what ended them stays in the feed for as long as they do, and an hour', async () => {
  await installation.sql(`
    UPDATE signing_key SET token_life = 172800;
    INSERT INTO change_event (txid, kind, subject_id, created_at)
    SELECT 1, 'token_family', 'ended-' || hours, now() - make_interval(hours => hours) FROM unnest(ARRAY[25, 48, 50]) AS hours`);
  const ended = async () =>
    (await installation.sql(`SELECT subject_id FROM change_event WHERE subject_id LIKE 'ended-%' ORDER BY 1`)).map((row) => row.subject_id);
  await installation.end('SIGTERM');
  await installation.start();
  await until(async () => !(await ended()).includes('ended-50'), 'what is older is deleted');
  expect(await ended()).toEqual(['ended-25', 'ended-48']);
});
