import 'reflect-metadata';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { CredentialStore } from '#persistence/credential/credential.store.js';
import { createDataSource } from '#persistence/schema/data-source.js';
import { migrate } from '#persistence/schema/migrate.js';
import { PresentedTokenStore } from '#persistence/token/presented-token.store.js';
import { type BareDatabase, createBareDatabase } from '../../../test/harness/bare-database.js';

/** What a look-up of a token reads, where PostgreSQL knows how few subscriptions there are, and nothing yet of their many tokens. */

const TOKENS = 20_000;

let database: BareDatabase;
let dataSource: DataSource;

beforeAll(async () => {
  database = await createBareDatabase();
  dataSource = await createDataSource(database.address, 'look-up test').initialize();
  await migrate(dataSource);
  await dataSource.query(`INSERT INTO application (id, name, client_type, redirect_uris) VALUES ('shop', 'x', 'confidential', '{}')`);
  await dataSource.query(
    `INSERT INTO subscription (application_id, api_id, plan_id) SELECT 'shop', 'api-' || n, 'basic' FROM generate_series(1, 4) AS n`,
  );
  await dataSource.query('VACUUM ANALYZE');
  await dataSource.query(
    `INSERT INTO access_token (hash, bucket, subscription_id, auth_method_id, scopes, expires_at)
     SELECT sha256(n::text::bytea), 1, (SELECT id FROM subscription WHERE api_id = 'api-1'), 'local', '{}', now() + interval '1 hour'
     FROM generate_series(1, $1::int) AS n`,
    [TOKENS],
  );
});
afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

interface PlanNode {
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly PlanNode[];
}

/** Rows and index entries that went through any node of a plan. */
const passed = (node: PlanNode): number =>
  (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops'] +
  (node.Plans ?? []).reduce((sum, child) => sum + passed(child), 0);

/** Runs a look-up with a door to the database that explains each statement. @returns rows that all of them went through */
async function rowsRead(lookUp: (explaining: DataSource) => Promise<unknown>): Promise<number> {
  let rows = 0;
  const query = async (text: string, values: unknown[]) => {
    const [{ 'QUERY PLAN': plan }] = await dataSource.query(`EXPLAIN (ANALYZE, FORMAT JSON) ${text}`, values);
    rows += passed((typeof plan === 'string' ? JSON.parse(plan) : plan)[0].Plan);
    return [];
  };
  await lookUp({ query } as unknown as DataSource);
  return rows;
}

test.each(['gateway', 'introspection'] as const)('%s: a look-up reads the one token, not all of its subscription', async (asker) => {
  const [{ hash }] = await dataSource.query(`SELECT sha256('4321'::bytea) AS hash`);
  const find = (db: DataSource): Promise<unknown> =>
    asker === 'gateway' ? new CredentialStore(db).findByHash('token', hash) : new PresentedTokenStore(db).find('access', hash);
  expect(await find(dataSource)).toMatchObject({ apiId: 'api-1' });
  const rows = await rowsRead(find);
  expect(rows).toBeGreaterThan(0);
  expect(rows).toBeLessThan(100);
});
