import { type DataSource, MigrationExecutor } from 'typeorm';

/** Two processes that migrate at once wait for one another here. */
const MIGRATION_LOCK = 4_707_190_001;

/** Thrown where a process needs tables that are not there yet. */
export class OldSchemaError extends Error {
  constructor(readonly missing: readonly string[]) {
    super(`The database lacks ${missing.length} migration(s) (${missing.join(', ')}). Run: gatehouse migrate`);
    this.name = 'OldSchemaError';
  }
}

/**
 * Brings the schema up to date, each migration in a transaction of its own.
 * @returns names of the migrations that ran, oldest first
 */
export async function migrate(dataSource: DataSource): Promise<string[]> {
  const runner = dataSource.createQueryRunner();
  try {
    await runner.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    // On the connection that holds the lock: the embedded database has no second one.
    const executor = new MigrationExecutor(dataSource, runner);
    executor.transaction = 'each';
    const done = await executor.executePendingMigrations();
    return done.map((migration) => migration.name);
  } finally {
    await runner.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]);
    await runner.release();
  }
}

/**
 * Compares the migrations that ran with those this release knows. A schema that is ahead is served: a new release migrates while
 * instances of the old one still run.
 * @throws OldSchemaError when some have not run
 */
export async function checkSchema(dataSource: DataSource): Promise<void> {
  const known = dataSource.migrations.map((migration) => migration.name ?? migration.constructor.name);
  const rows: { table: string | null }[] = await dataSource.query(`SELECT to_regclass('schema_migration') AS "table"`);
  const ran: { name: string }[] = rows[0]?.table ? await dataSource.query('SELECT name FROM schema_migration') : [];
  const names = new Set(ran.map((row) => row.name));
  const missing = known.filter((name) => !names.has(name));
  if (missing.length > 0) throw new OldSchemaError(missing);
}
