import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type DataSource, MigrationExecutor } from 'typeorm';
import { createDataSource } from '#persistence/schema/data-source.js';
import { entities } from '#persistence/schema/entities.js';
import { checkSchema, migrate, OldSchemaError } from '#persistence/schema/migrate.js';
import { type BareDatabase, createBareDatabase } from '../test/harness/bare-database.js';
import { migrations } from './index.js';

let database: BareDatabase;
let dataSource: DataSource;

beforeAll(async () => {
  database = await createBareDatabase();
  dataSource = await createDataSource(database.address, 'migrations test').initialize();
});

afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

const stampOf = (name: string): string => /\d{13}$/.exec(name)?.[0] ?? '';

describe('migrations', () => {
  test('an old schema is told from the current one, and the message says what to run', async () => {
    const failure = await checkSchema(dataSource).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(OldSchemaError);
    expect((failure as Error).message).toContain('gatehouse migrate');
  });

  test('each migration runs on the rows of those before it, and its own rows can be inserted', async () => {
    const runner = dataSource.createQueryRunner();
    try {
      for (const migration of await pending(runner)) {
        await new MigrationExecutor(dataSource, runner).executeMigration(migration);
        await runner.query(readFileSync(join(import.meta.dirname, 'testdata', `${stampOf(migration.name)}.sql`), 'utf8'));
      }
    } finally {
      await runner.release();
    }
    await checkSchema(dataSource);
  });

  test('a second run has nothing to do', async () => {
    expect(await migrate(dataSource)).toEqual([]);
  });

  test('the rows inserted along the way read correctly at HEAD, in every table', async () => {
    for (const entity of entities) {
      const rows = await dataSource.getRepository(entity).find();
      expect([entity.name, rows.length > 0]).toEqual([entity.name, true]);
      expect({ [entity.name]: rows }).toMatchSnapshot({ [entity.name]: rows.map((row) => anyTimes(row)) } as object);
    }
  });

  test('no drift: the schema builder has nothing to change', async () => {
    const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
    expect(upQueries.map((query) => query.query)).toEqual([]);
  });

  test('every migration can be undone', async () => {
    for (const _ of migrations) await dataSource.undoLastMigration({ transaction: 'each' });
    const tables: { name: string }[] = await dataSource.query(`SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'`);
    expect(tables.map((table) => table.name)).toEqual(['schema_migration']);
  });
});

async function pending(runner: ReturnType<DataSource['createQueryRunner']>) {
  return new MigrationExecutor(dataSource, runner).getPendingMigrations();
}

/** Times and ids that the database chose are any; the rest is pinned by the snapshot. */
function anyTimes(row: object): object {
  return Object.fromEntries(
    Object.entries(row).flatMap(([key, value]) => {
      if (value instanceof Date) return [[key, expect.any(Date)]];
      return key === 'id' || key === 'txid' ? [[key, expect.anything()]] : [];
    }),
  );
}
