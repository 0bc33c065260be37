import { CallOuts } from '#call-out/call-outs.js';
import type { LoadedConfig } from '#config/load-config.js';
import { Registry } from '#config/registry-holder.js';
import { createDataSource } from '#persistence/schema/data-source.js';
import { createLogger } from '#process/logger.js';
import { type ConfigCondition, ConfigState } from './config-state.js';
import { connectDatabase } from './connect-database.js';
import type { Installation } from './installation.js';
import { keepTrying } from './keep-trying.js';
import { openDatabase } from './open-database.js';
import type { OpenOptions } from './open-options.js';
import { openRootSecret } from './open-root-secret.js';

export interface WorkerOpening {
  /** From 1. */
  readonly worker: number;
  readonly config: LoadedConfig;
  readonly condition: ConfigCondition;
}

/**
 * Opens what one of several processes of an app works with. The process that started it loads, declares and follows the config, and
 * found the schema good; here it is put in force as it comes. The database is used as soon as it can be reached.
 */
export async function openWorkerInstallation(options: OpenOptions, { worker, config, condition }: WorkerOpening): Promise<Installation> {
  const { environment, app } = options;
  const logger = createLogger(environment.logLevel, app, worker);
  const rootSecret = openRootSecret(environment, false);
  const database = await openDatabase(environment, false, logger, environment.gatewayWorkers);
  const dataSource = createDataSource(database.address, `gatehouse ${app}`);
  let tell = (): void => undefined;
  const firstAttempt = new Promise<void>((done) => {
    tell = done;
  });
  const connecting = keepTrying(() => connectDatabase(dataSource, false).finally(tell), logger, 'The database cannot be used');
  await firstAttempt;
  const callOuts = new CallOuts();
  return {
    environment,
    logger,
    registry: new Registry(config),
    configState: new ConfigState(condition),
    dataSource,
    embedded: database.embedded,
    rootSecret,
    callOuts,
    async close() {
      await callOuts.close();
      await connecting.close();
      if (dataSource.isInitialized) await dataSource.destroy();
      await database.close();
    },
  };
}
