/** A database of its own for one installation: on the server of DATABASE_URL where that is set, else embedded. */

import { createHash, randomBytes } from 'node:crypto';
import { cpSync, mkdirSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import pg from 'pg';

export interface TestDatabase {
  /** undefined: embedded. */
  readonly url: string | undefined;
  /** Runs SQL without parameters (the simple protocol, which the embedded database can interleave) and returns the last rows. */
  sql(text: string): Promise<Record<string, unknown>[]>;
  drop(): Promise<void>;
}

/** @param dataFolder the installation's GATEHOUSE_DATA */
export async function createTestDatabase(dataFolder: string): Promise<TestDatabase> {
  const server = process.env.DATABASE_URL;
  return server ? createServerDatabase(server) : createEmbeddedDatabase(dataFolder);
}

async function createServerDatabase(server: string): Promise<TestDatabase> {
  const name = `gatehouse_test_${randomBytes(6).toString('hex')}`;
  await runSql({ connectionString: server }, `CREATE DATABASE ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    sql: (text) => runSql({ connectionString: url.href }, text),
    drop: async () => {
      await runSql({ connectionString: server }, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    },
  };
}

function createEmbeddedDatabase(dataFolder: string): TestDatabase {
  const folder = resolve(dataFolder, 'database');
  const template = process.env.GATEHOUSE_TEST_TEMPLATE;
  mkdirSync(dataFolder, { recursive: true });
  if (template) cpSync(join(template, 'database'), folder, { recursive: true });
  const socketName = createHash('sha256').update(folder).digest('hex').slice(0, 16);
  const host = join(tmpdir(), `gatehouse-${userInfo().uid}-${socketName}`);
  return {
    url: undefined,
    sql: (text) => runSql({ host, port: 5432, user: 'postgres', database: 'postgres' }, text),
    drop: async () => undefined,
  };
}

async function runSql(connection: pg.ClientConfig, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client(connection);
  await client.connect();
  try {
    const result = (await client.query(text)) as pg.QueryResult | pg.QueryResult[];
    return (Array.isArray(result) ? result.at(-1) : result)?.rows ?? [];
  } finally {
    await client.end();
  }
}
