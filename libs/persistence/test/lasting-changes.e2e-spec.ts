import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { GrantStore } from '#persistence/credential/grant.store.js';
import { createDataSource } from '#persistence/schema/data-source.js';
import { migrate } from '#persistence/schema/migrate.js';
import { SigningKeyStore } from '#persistence/signing-key/signing-key.store.js';
import { BulkRevocationStore } from '#persistence/token/bulk-revocation.store.js';
import { type BareDatabase, createBareDatabase } from '../../../test/harness/bare-database.js';

/** What the database keeps for gateways that hold what signed tokens hang on. */

let database: BareDatabase;
let dataSource: DataSource;
let grants: GrantStore;

beforeAll(async () => {
  database = await createBareDatabase();
  dataSource = await createDataSource(database.address, 'changes test').initialize();
  await migrate(dataSource);
  grants = new GrantStore(dataSource);
});
afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

async function subscribe(families = 0): Promise<{ application: string; subscription: string; person: string; families: string[] }> {
  const [application, subscription, person] = [`app-${randomUUID().slice(0, 8)}`, randomUUID(), randomUUID()];
  await dataSource.query(`INSERT INTO application (id, name, client_type, redirect_uris) VALUES ($1, 'x', 'confidential', '{}')`, [
    application,
  ]);
  await dataSource.query(`INSERT INTO subscription (id, application_id, api_id, plan_id) VALUES ($1, $2, 'orders', 'basic')`, [
    subscription,
    application,
  ]);
  await dataSource.query(`INSERT INTO user_account (id, email) VALUES ($1, $2)`, [person, `${person}@example.com`]);
  const rows: { id: string }[] = await dataSource.query(
    `INSERT INTO token_family (subscription_id, user_id, auth_method_id, scopes) SELECT $1, $2, 'local', '{}' FROM generate_series(1, $3::int) RETURNING id`,
    [subscription, person, families],
  );
  return { application, subscription, person, families: rows.map(({ id }) => id) };
}

const lasting = async (): Promise<string[]> => (await grants.listLastingChanges(null, 1_000)).map(({ kind, id }) => `${kind}:${id}`);

test.each(['user', 'application', 'subscription', 'api'] as const)(
  '64: whatever of one %s ends at once, each of its families is in the feed by itself',
  async (kind) => {
    const { application, subscription, person, families } = await subscribe(3);
    const id = { user: person, application, subscription, api: 'orders' }[kind];
    const ended = await new BulkRevocationStore(dataSource).revoke({ kind, id }, 'operator', null);
    expect(ended.families).toBeGreaterThanOrEqual(3);
    expect(await lasting()).toEqual(expect.arrayContaining(families.map((family) => `token_family:${family}`)));
  },
);

test('a key says how long tokens live at most; without keys there are none', async () => {
  const keys = new SigningKeyStore(dataSource);
  expect(await keys.longestTokenLife()).toBe(0);
  await dataSource.query(
    `INSERT INTO signing_key (kid, alg, public_jwk, sealed_private, token_life) VALUES ('k1', 'ES256', '{}', '\\x00', 172800), ('k2', 'RS256', '{}', '\\x00', 60)`,
  );
  expect(await keys.longestTokenLife()).toBe(172_800);
});

test('pages follow one another without a gap, and names that are no ids are nobody', async () => {
  await dataSource.query('DELETE FROM change_event');
  for (const [txid, name] of [
    [1, 'f1'],
    [2, 'f4'],
    [1, 'f2'],
    [1, 'f3'],
  ]) {
    await dataSource.query(`INSERT INTO change_event (txid, kind, subject_id) VALUES ($1, 'token_family', $2)`, [txid, name]);
    await dataSource.query(`INSERT INTO change_event (txid, kind, audit_event_ids) VALUES (1, 'user', '{1}')`);
  }
  const first = await grants.listLastingChanges(null, 2);
  const second = await grants.listLastingChanges(first.at(-1)?.position ?? null, 2);
  expect([...first, ...second].map(({ id }) => id)).toEqual(['f1', 'f2', 'f3', 'f4']);
  expect(await grants.findPeople(['nobody'])).toEqual([]);
  expect(await grants.findSubscriptions(['orders'], ['nothing'], [])).toEqual([]);
  const made = (await Promise.all([subscribe(), subscribe(), subscribe()])).map(({ subscription }) => subscription).sort();
  const pages: string[] = [];
  for (let after: string | null = null; ; ) {
    const page = await grants.listSubscriptions(['orders'], after, 2);
    pages.push(...page.map(({ id }) => id));
    if (page.length < 2) break;
    after = page.at(-1)?.id as string;
  }
  expect(pages.filter((id) => made.includes(id))).toEqual(made);
  expect(await grants.listSubscriptions(['reports'], null, 2)).toEqual([]);
});
