/** A database of its own on the server that DATABASE_URL names. */
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { atStop } from './environment.mjs';

/** Runs one statement. */
export async function query(connectionString, text, parameters = []) {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return (await client.query(text, parameters)).rows;
  } finally {
    await client.end();
  }
}

/** Makes an empty database; it is dropped when everything stops. @returns its URL */
export async function createDatabase(server) {
  const name = `gatehouse_bench_${randomBytes(4).toString('hex')}`;
  await query(server, `CREATE DATABASE ${name}`);
  atStop(() => query(server, `DROP DATABASE ${name} WITH (FORCE)`));
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}
