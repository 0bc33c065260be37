import type { Environment } from '#process/environment.js';

export interface OpenOptions {
  /** Name of the process: in log lines and in pg_stat_activity. */
  readonly app: string;
  readonly environment: Environment;
  /** Variables that the config's `${NAME}` see. */
  readonly variables: NodeJS.ProcessEnv;
  /**
   * One process for everything: it may run on the embedded database, makes its own root secret, and migrates by itself. The
   * separate apps demand all three.
   */
  readonly standalone: boolean;
  /**
   * Whether it starts, where the folder is broken or the database away, from the last good config on disk; the database is then
   * connected to as soon as it can be.
   */
  readonly survives: boolean;
}
