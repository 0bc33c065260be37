import type { DataSource } from 'typeorm';
import { formatFaults } from '#config/load-config.js';
import type { RegistrySnapshot } from '#config/registry.js';
import type { Registry } from '#config/registry-holder.js';
import { type ConfigWatch, watchConfig } from '#config/watch-config.js';
import { declare } from '#persistence/declaration/declare.js';
import type { Logger } from '#process/logger.js';
import type { OpenOptions } from './open-options.js';
import type { ScopeLookups } from './scope-lookup/scope-lookups.js';

interface FollowDeps {
  readonly options: OpenOptions;
  /** In force, as it was read. */
  readonly config: RegistrySnapshot;
  readonly registry: Registry;
  readonly lookups: ScopeLookups;
  readonly dataSource: DataSource;
  readonly logger: Logger;
}

/**
 * Follows the config folder: a good change is declared in the database, then put in force. A bad one changes nothing; while the
 * database is away, the watch tries again.
 */
export function followConfig({ options, config, registry, lookups, dataSource, logger }: FollowDeps): Promise<ConfigWatch> {
  const { configFolder, publicUrls } = options.environment;

  const apply = async (snapshot: RegistrySnapshot): Promise<void> => {
    const changes = await declare(dataSource, snapshot.declared);
    registry.swap(await lookups.join(snapshot));
    logger.info({ apis: snapshot.apis.size, changes: changes.length }, 'Config reloaded');
  };

  return watchConfig({
    folder: configFolder,
    variables: options.variables,
    overrides: { publicUrls },
    current: config,
    apply,
    onRefused: (faults) => {
      registry.reloads.refused++;
      logger.error({ faults: formatFaults(faults) }, 'Config refused; the one in force stays');
    },
    onError: (error) => {
      registry.reloads.failed++;
      logger.error({ err: error }, 'Config not reloaded; the one in force stays');
    },
  });
}
