import { join } from 'node:path';
import { EmbeddedDatabaseError, startEmbeddedDatabase } from '#persistence/embedded/embedded-database.js';
import type { DatabaseAddress } from '#persistence/schema/data-source.js';
import { type Environment, OperatorError } from '#process/environment.js';
import type { Logger } from '#process/logger.js';

export interface OpenDatabase {
  readonly address: DatabaseAddress;
  readonly embedded: boolean;
  close(): Promise<void>;
}

/** Connections at most: of a process, or of all workers of one together, each of which has a few at least. */
const POOL_SIZE = 10;
const LEAST_POOL_SIZE = 4;

/**
 * Takes the server that DATABASE_URL names; without one, standalone starts the embedded database.
 * @param sharers processes that share what one may have of connections
 */
export async function openDatabase(environment: Environment, standalone: boolean, logger: Logger, sharers = 1): Promise<OpenDatabase> {
  if (environment.databaseUrl) {
    const poolSize = Math.max(LEAST_POOL_SIZE, Math.ceil(POOL_SIZE / sharers));
    return { address: { server: { url: environment.databaseUrl }, poolSize }, embedded: false, close: async () => undefined };
  }
  if (!standalone)
    throw new OperatorError(
      'DATABASE_URL is not set. Set it to the PostgreSQL server that all apps share, such as postgres://user:password@host:5432/gatehouse',
    );
  try {
    const embedded = await startEmbeddedDatabase(join(environment.dataFolder, 'database'), (message) => {
      // Nothing can be acknowledged any more; a restart recovers from the write-ahead log.
      logger.fatal({ reason: message }, 'The embedded database failed; restart to recover');
      process.exit(1);
    });
    return { address: embedded.address, embedded: true, close: () => embedded.close() };
  } catch (error) {
    throw error instanceof EmbeddedDatabaseError ? new OperatorError(error.message) : error;
  }
}

/** Whether the schema has to be brought up to date first, which does not come by waiting. */
export function isOldSchema(error: unknown): boolean {
  return error instanceof Error && error.name === 'OldSchemaError';
}

/** Connection faults become one line without the password; everything else stays what it is. */
export function explainDatabaseFault(error: unknown, environment: Environment): unknown {
  if (!(error instanceof Error) || !environment.databaseUrl) return error;
  if (isOldSchema(error) || error.name === 'DeclarationError') return new OperatorError(error.message);
  const { hostname, port, pathname } = new URL(environment.databaseUrl);
  const where = `${hostname}:${port || 5432}${pathname}`;
  const { code } = error as NodeJS.ErrnoException;
  // 28: authorization, 3D: no such database, 57P03: starting up (SQLSTATE classes).
  if (code && /^(ECONN|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOST|28|3D|57P03)/.test(code)) {
    return new OperatorError(`Cannot use the database at ${where}: ${error.message || code}. Start it, or correct DATABASE_URL.`);
  }
  return error;
}
