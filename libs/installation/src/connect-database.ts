import type { DataSource } from 'typeorm';
import { checkSchema, migrate } from '#persistence/schema/migrate.js';

/** Connects, and sees to the schema: brings it up to date, or refuses one that is not. May be called again after a failure. */
export async function connectDatabase(dataSource: DataSource, migrates: boolean): Promise<void> {
  if (!dataSource.isInitialized) await dataSource.initialize();
  if (migrates) await migrate(dataSource);
  else await checkSchema(dataSource);
}
