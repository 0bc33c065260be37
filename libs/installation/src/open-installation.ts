/**
 * Opens an installation: the steps that every process takes before it serves, in order. Libs below know nothing of one another's
 * order; apps know nothing of these steps.
 */
import { CallOuts } from '#call-out/call-outs.js';
import { type LoadedConfig, loadConfig } from '#config/load-config.js';
import { Registry } from '#config/registry-holder.js';
import { declare } from '#persistence/declaration/declare.js';
import { createDataSource } from '#persistence/schema/data-source.js';
import { ScopeLookupStore } from '#persistence/scope-lookup/scope-lookup.store.js';
import { createLogger } from '#process/logger.js';
import { CallOutFailures } from './call-out-failures.js';
import { chooseStartConfig } from './choose-start-config.js';
import { ConfigState } from './config-state.js';
import { connectDatabase } from './connect-database.js';
import { followConfig } from './follow-config.js';
import type { Installation } from './installation.js';
import { keepTrying, type Trying } from './keep-trying.js';
import { KeptConfig } from './kept-config.js';
import { explainDatabaseFault, isOldSchema, openDatabase } from './open-database.js';
import type { OpenOptions } from './open-options.js';
import { openRootSecret } from './open-root-secret.js';
import { ScopeLookups } from './scope-lookup/scope-lookups.js';

/** @throws OperatorError naming what the operator has to mend */
export async function openInstallation(options: OpenOptions): Promise<Installation> {
  const { environment, standalone, app } = options;
  const logger = createLogger(environment.logLevel, app);
  const outcome = await loadConfig(environment.configFolder, options.variables, { publicUrls: environment.publicUrls });
  if (!outcome.ok && !options.survives) await chooseStartConfig(environment.configFolder, outcome, null, logger);
  const rootSecret = openRootSecret(environment, standalone);
  const kept = options.survives ? new KeptConfig(environment.dataFolder, rootSecret, logger) : null;
  let config = await chooseStartConfig(environment.configFolder, outcome, kept, logger);
  const database = await openDatabase(environment, standalone, logger);
  const dataSource = createDataSource(database.address, `gatehouse ${app}`);

  const connect = async ({ snapshot }: LoadedConfig): Promise<void> => {
    await connectDatabase(dataSource, standalone);
    await declare(dataSource, snapshot.declared);
  };
  let connected = true;
  try {
    await connect(config);
    if (outcome.ok) await kept?.save(config.source);
  } catch (error) {
    const last = isOldSchema(error) ? null : await kept?.load();
    if (!last) {
      await database.close();
      throw explainDatabaseFault(error, environment);
    }
    config = last;
    connected = false;
    logger.error({ error: (error as Error).message }, 'The database cannot be used; starting from the last good config, on disk');
  }

  const callOuts = new CallOuts();
  const failures = new CallOutFailures('scopeLookupUrl', dataSource, logger);
  const lookups = new ScopeLookups({ callOuts, failures, store: new ScopeLookupStore(dataSource), logger });
  await lookups.prepare(config.snapshot);
  const registry = new Registry({ snapshot: lookups.join(config.snapshot), source: config.source });
  const asFolderSays = outcome.ok && outcome.snapshot.fingerprint === config.snapshot.fingerprint;
  const state = new ConfigState({ refused: !outcome.ok, fromDisk: !asFolderSays });
  const following = await followConfig({ options, config: config.snapshot, registry, lookups, state, dataSource, kept, logger });
  lookups.follow(registry);
  let connecting: Trying | null = null;
  if (!connected) {
    const reconnect = async (): Promise<void> => {
      await connect({ snapshot: registry.snapshot, source: registry.source });
      logger.info('The database is back');
      if (!asFolderSays) await following.reload();
    };
    connecting = keepTrying(reconnect, logger, 'The database cannot be used');
  }

  return {
    environment,
    logger,
    registry,
    configState: state,
    dataSource,
    embedded: database.embedded,
    rootSecret,
    callOuts,
    async close() {
      await following.close();
      await callOuts.close();
      await lookups.close();
      await connecting?.close();
      if (dataSource.isInitialized) await dataSource.destroy();
      await database.close();
    },
  };
}
