/**
 * Opens an installation: the steps that every process takes before it serves, in order. Libs below know nothing of one another's
 * order; apps know nothing of these steps.
 */
import { CallOuts } from '#call-out/call-outs.js';
import { formatFaults, loadConfig } from '#config/load-config.js';
import type { RegistrySnapshot } from '#config/registry.js';
import { Registry } from '#config/registry-holder.js';
import { declare } from '#persistence/declaration/declare.js';
import { createDataSource } from '#persistence/schema/data-source.js';
import { checkSchema, migrate } from '#persistence/schema/migrate.js';
import { ScopeLookupStore } from '#persistence/scope-lookup/scope-lookup.store.js';
import { OperatorError } from '#process/environment.js';
import { createLogger } from '#process/logger.js';
import { CallOutFailures } from './call-out-failures.js';
import { followConfig } from './follow-config.js';
import type { Installation } from './installation.js';
import { explainDatabaseFault, openDatabase } from './open-database.js';
import type { OpenOptions } from './open-options.js';
import { openRootSecret } from './open-root-secret.js';
import { ScopeLookups } from './scope-lookup/scope-lookups.js';

/** @throws OperatorError naming what the operator has to mend */
export async function openInstallation(options: OpenOptions): Promise<Installation> {
  const { environment, standalone, app } = options;
  const logger = createLogger(environment.logLevel, app);
  const snapshot = await loadSnapshot(options);
  const rootSecret = openRootSecret(environment, standalone);
  const database = await openDatabase(environment, standalone, logger);
  const dataSource = createDataSource(database.address, `gatehouse ${app}`);
  try {
    await dataSource.initialize();
    if (standalone) await migrate(dataSource);
    else await checkSchema(dataSource);
    await declare(dataSource, snapshot.declared);
  } catch (error) {
    await database.close();
    throw explainDatabaseFault(error, environment);
  }
  const callOuts = new CallOuts();
  const failures = new CallOutFailures('scopeLookupUrl', dataSource, logger);
  const lookups = new ScopeLookups({ callOuts, failures, store: new ScopeLookupStore(dataSource), logger });
  const registry = new Registry(await lookups.join(snapshot));
  const following = await followConfig({ options, config: snapshot, registry, lookups, dataSource, logger });
  lookups.follow(registry);

  return {
    environment,
    logger,
    registry,
    dataSource,
    embedded: database.embedded,
    rootSecret,
    callOuts,
    async close() {
      await following.close();
      await callOuts.close();
      await lookups.close();
      await dataSource.destroy();
      await database.close();
    },
  };
}

async function loadSnapshot({ environment, variables }: OpenOptions): Promise<RegistrySnapshot> {
  const outcome = await loadConfig(environment.configFolder, variables, { publicUrls: environment.publicUrls });
  if (!outcome.ok) {
    throw new OperatorError(
      `The config in ${environment.configFolder} has ${outcome.faults.length} fault(s):\n${formatFaults(outcome.faults)}`,
    );
  }
  return outcome.snapshot;
}
