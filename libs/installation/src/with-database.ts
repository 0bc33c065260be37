import type { DataSource } from 'typeorm';
import { createDataSource } from '#persistence/schema/data-source.js';
import { readEnvironment } from '#process/environment.js';
import { createLogger } from '#process/logger.js';
import { explainDatabaseFault, openDatabase } from './open-database.js';

/**
 * Opens the database for one piece of work (a command) and closes it again.
 * @throws OperatorError when it cannot be reached
 */
export async function withDatabase<Result>(
  app: string,
  variables: NodeJS.ProcessEnv,
  work: (dataSource: DataSource) => Promise<Result>,
): Promise<Result> {
  const environment = readEnvironment(variables);
  const database = await openDatabase(environment, true, createLogger(environment.logLevel, app));
  const dataSource = createDataSource(database.address, `gatehouse ${app}`);
  try {
    await dataSource.initialize();
    return await work(dataSource);
  } catch (error) {
    throw explainDatabaseFault(error, environment);
  } finally {
    if (dataSource.isInitialized) await dataSource.destroy();
    await database.close();
  }
}
