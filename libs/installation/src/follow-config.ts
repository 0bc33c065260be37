import type { DataSource } from 'typeorm';
import { formatFaults, type LoadedConfig } from '#config/load-config.js';
import type { RegistrySnapshot } from '#config/registry.js';
import type { Registry } from '#config/registry-holder.js';
import { type ConfigWatch, watchConfig } from '#config/watch-config.js';
import { declare } from '#persistence/declaration/declare.js';
import type { Logger } from '#process/logger.js';
import type { ConfigState } from './config-state.js';
import type { KeptConfig } from './kept-config.js';
import type { OpenOptions } from './open-options.js';
import type { ScopeLookups } from './scope-lookup/scope-lookups.js';

interface FollowDeps {
  readonly options: OpenOptions;
  /** In force, as it was read. */
  readonly config: RegistrySnapshot;
  readonly registry: Registry;
  readonly lookups: ScopeLookups;
  readonly state: ConfigState;
  readonly dataSource: DataSource;
  /** null: nothing is kept on disk. */
  readonly kept: KeptConfig | null;
  readonly logger: Logger;
}

/**
 * Follows the config folder: a good change is declared in the database, then put in force. A bad one changes nothing; while the
 * database is away, the watch tries again.
 */
export function followConfig({ options, config, registry, lookups, state, dataSource, kept, logger }: FollowDeps): Promise<ConfigWatch> {
  const { configFolder, publicUrls } = options.environment;
  const good = { refused: false, fromDisk: false };

  const apply = async (loaded: LoadedConfig): Promise<void> => {
    await lookups.prepare(loaded.snapshot);
    const changes = await declare(dataSource, loaded.snapshot.declared);
    // At once: who hears of a change wants the config that brought it.
    registry.swap({ snapshot: lookups.join(loaded.snapshot), source: loaded.source });
    state.change(good);
    logger.info({ apis: loaded.snapshot.apis.size, changes: changes.length }, 'Config reloaded');
    await kept?.save(loaded.source);
  };

  return watchConfig({
    folder: configFolder,
    variables: options.variables,
    overrides: { publicUrls },
    current: config,
    apply,
    onRefused: (faults) => {
      registry.reloads.refused++;
      state.change({ refused: true });
      logger.error({ faults: formatFaults(faults) }, 'Config refused; the one in force stays');
    },
    onUnchanged: () => state.change(good),
    onError: (error) => {
      registry.reloads.failed++;
      // Nothing else of the condition changed, but whoever tells of reloads is to hear of this one.
      state.change({});
      logger.error({ err: error }, 'Config not reloaded; the one in force stays');
    },
  });
}
