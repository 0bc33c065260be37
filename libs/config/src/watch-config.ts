import type { ConfigOverrides } from './compile/compile-registry.js';
import { type ConfigFault, type LoadedConfig, loadConfig } from './load-config.js';
import type { RegistrySnapshot } from './registry.js';
import { DirectoryWatchers } from './watch/directory-watchers.js';
import { readFolderState } from './watch/folder-state.js';

export interface WatchConfigOptions {
  readonly folder: string;
  readonly variables: NodeJS.ProcessEnv;
  readonly overrides?: ConfigOverrides;
  /** The snapshot in force. */
  readonly current: RegistrySnapshot;
  /** Puts a good new snapshot in force; where it fails, it is tried again. */
  readonly apply: (loaded: LoadedConfig) => void | Promise<void>;
  /** A bad folder was refused; what was in force stays. */
  readonly onRefused: (faults: readonly ConfigFault[]) => void;
  /** The folder is good, and says what is in force already. */
  readonly onUnchanged?: () => void;
  /** `apply` failed, or the folder could not be looked at. */
  readonly onError: (error: unknown) => void;
  /** Milliseconds between two looks at the folder, for what the operating system does not tell; 2000 unless told. */
  readonly lookInterval?: number;
  /** Milliseconds of quiet after a change before the folder is read; 150 unless told. */
  readonly quietTime?: number;
}

export type ReloadResult = 'applied' | 'unchanged' | 'refused' | 'failed';

export interface ConfigWatch {
  /** Reads the folder now, whatever changed. */
  reload(): Promise<ReloadResult>;
  /** Ends the watch; a reload under way is waited for. */
  close(): Promise<void>;
}

const MOST_ATTEMPTS = 5;

/** Follows a config folder: on a change and on SIGHUP it is loaded whole, and applied if it is good and differs. */
export async function watchConfig(options: WatchConfigOptions): Promise<ConfigWatch> {
  const { folder, lookInterval = 2_000, quietTime = 150 } = options;
  let fingerprint = options.current.fingerprint;
  let { signature, directories } = await readFolderState(folder);
  let applyFailed = false;
  let closed = false;
  let quiet: NodeJS.Timeout | undefined;
  let last: Promise<unknown> = Promise.resolve();

  const watchers = new DirectoryWatchers(() => {
    clearTimeout(quiet);
    quiet = setTimeout(() => void inTurn(reloadIfChanged), quietTime);
    quiet.unref();
  });

  /** One after another, so that two loads never overtake each other. */
  function inTurn<T>(step: () => Promise<T>): Promise<T> {
    const turn = last.then(step);
    last = turn.catch(() => undefined);
    return turn;
  }

  async function reloadIfChanged(): Promise<void> {
    if (closed) return;
    const state = await readFolderState(folder);
    if (state.signature !== signature || applyFailed) await load();
  }

  async function load(): Promise<ReloadResult> {
    try {
      const outcome = await loadUntorn();
      if (!outcome.ok) {
        options.onRefused(outcome.faults);
        return 'refused';
      }
      if (outcome.snapshot.fingerprint === fingerprint) {
        options.onUnchanged?.();
        return 'unchanged';
      }
      applyFailed = true;
      await options.apply(outcome);
      applyFailed = false;
      fingerprint = outcome.snapshot.fingerprint;
      return 'applied';
    } catch (error) {
      options.onError(error);
      return 'failed';
    }
  }

  /** Loads the folder so that nothing changed from the first file read to the last. */
  async function loadUntorn(): ReturnType<typeof loadConfig> {
    for (let attempt = 1; ; attempt++) {
      ({ signature, directories } = await readFolderState(folder));
      watchers.follow(directories);
      const outcome = await loadConfig(folder, options.variables, options.overrides);
      const after = await readFolderState(folder);
      if (after.signature === signature || attempt === MOST_ATTEMPTS) return outcome;
    }
  }

  const onSignal = (): void => void inTurn(load);
  const looking = setInterval(() => void inTurn(reloadIfChanged), lookInterval);
  looking.unref();
  if (process.platform !== 'win32') process.on('SIGHUP', onSignal);
  watchers.follow(directories);

  return {
    reload: () => inTurn(load),
    close: async () => {
      closed = true;
      clearTimeout(quiet);
      clearInterval(looking);
      process.off('SIGHUP', onSignal);
      watchers.close();
      await last;
    },
  };
}
