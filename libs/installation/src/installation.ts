/** What every app starts from: environment, registry, database, keys. One process opens it once; standalone's apps share it. */

import type { DataSource } from 'typeorm';
import type { CallOuts } from '#call-out/call-outs.js';
import type { Registry } from '#config/registry-holder.js';
import type { Environment } from '#process/environment.js';
import type { Logger } from '#process/logger.js';
import type { RootSecret } from '#secrets/root-secret.js';
import type { ConfigState } from './config-state.js';

export interface Installation {
  readonly environment: Environment;
  readonly logger: Logger;
  readonly registry: Registry;
  readonly configState: ConfigState;
  readonly dataSource: DataSource;
  /**
   * Whether the database is the embedded one. It has a single connection, so a transaction must use its own manager for every
   * statement, and LISTEN is not available.
   */
  readonly embedded: boolean;
  readonly rootSecret: RootSecret;
  /** Asks services of the operator's. */
  readonly callOuts: CallOuts;
  /** Closes database and watchers; after every app has stopped. */
  close(): Promise<void>;
}

/** An app that serves. */
export interface RunningApp {
  /** Stops accepting, finishes what is in flight (10 s at most), and resolves. */
  stop(): Promise<void>;
}

/** How an app starts; each app's `start.ts` exports one. */
export type StartApp = (installation: Installation) => Promise<RunningApp>;
