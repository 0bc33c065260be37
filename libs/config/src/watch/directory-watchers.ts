import { type FSWatcher, watch } from 'node:fs';

/**
 * The operating system's watches on a set of folders. They only make a change known sooner than the next look: where a folder cannot
 * be watched (network drives, too many watches), nothing is lost. One watch a folder, since Node's recursive one can throw where
 * nobody can catch it when files come and go quickly.
 */
export class DirectoryWatchers {
  readonly #watchers = new Map<string, FSWatcher>();
  readonly #onEvent: () => void;

  constructor(onEvent: () => void) {
    this.#onEvent = onEvent;
  }

  /** Watches exactly these folders from now on. */
  follow(directories: ReadonlySet<string>): void {
    for (const directory of [...this.#watchers.keys()]) if (!directories.has(directory)) this.#drop(directory);
    for (const directory of directories) if (!this.#watchers.has(directory)) this.#add(directory);
  }

  close(): void {
    for (const directory of [...this.#watchers.keys()]) this.#drop(directory);
  }

  #add(directory: string): void {
    try {
      const watcher = watch(directory, { persistent: false }, this.#onEvent);
      watcher.on('error', () => this.#drop(directory));
      this.#watchers.set(directory, watcher);
    } catch {
      // Cannot be watched; looking at it in intervals is enough.
    }
  }

  #drop(directory: string): void {
    this.#watchers.get(directory)?.close();
    this.#watchers.delete(directory);
  }
}
