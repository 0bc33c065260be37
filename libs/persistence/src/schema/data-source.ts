import { DataSource } from 'typeorm';
import { migrations } from '#migrations/index.js';
import { entities } from './entities.js';
import { HeardClient, STATEMENT_MS } from './heard-client.js';

export interface DatabaseAddress {
  readonly server: ServerAddress;
  /** Connections at most; the embedded database serves one. */
  readonly poolSize: number;
}

/** A connection URL, or the folder of a unix socket (or a host) where the embedded database listens. */
export type ServerAddress = { readonly url: string } | { readonly host: string; readonly port: number };

/**
 * Makes the one door to the database. Nothing is ever synchronised from the entities.
 * @param applicationName shows in pg_stat_activity
 */
export function createDataSource(address: DatabaseAddress, applicationName: string): DataSource {
  return new DataSource({
    type: 'postgres',
    ...connectionOf(address.server),
    poolSize: address.poolSize,
    applicationName,
    entities,
    migrations,
    migrationsTableName: 'schema_migration',
    synchronize: false,
    migrationsRun: false,
    installExtensions: false,
    // Makes `gen_random_uuid()` the default of generated ids; built into PostgreSQL since 13.
    uuidExtension: 'pgcrypto',
    connectTimeoutMS: 5_000,
    extra: {
      statement_timeout: STATEMENT_MS,
      // The embedded database's one connection is kept for good; it runs on this machine, and statements cannot be ended there.
      ...('url' in address.server ? { idleTimeoutMillis: 30_000, Client: HeardClient } : { idleTimeoutMillis: 0 }),
    },
  });
}

/** A URL's host would win over one given beside it, so the embedded database is named without a URL. */
function connectionOf(server: ServerAddress): { url: string } | { host: string; port: number; username: string; database: string } {
  return 'url' in server ? { url: server.url } : { ...server, username: 'postgres', database: 'postgres' };
}
