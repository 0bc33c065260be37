import type { ConfigSource } from './config-source.js';
import type { LoadedConfig } from './load-config.js';
import type { RegistrySnapshot } from './registry.js';

type SwapListener = (snapshot: RegistrySnapshot) => void;

/** What became of the changes of the config folder so far. */
export interface ReloadCounts {
  applied: number;
  /** The new folder had mistakes. */
  refused: number;
  /** It was good, but could not be put in force. */
  failed: number;
}

/** Holds the snapshot in force. A call or request reads it once and keeps what it read. */
export class Registry {
  readonly reloads: ReloadCounts = { applied: 0, refused: 0, failed: 0 };
  #current: LoadedConfig;
  readonly #listeners = new Set<SwapListener>();

  constructor(loaded: LoadedConfig) {
    this.#current = loaded;
  }

  get snapshot(): RegistrySnapshot {
    return this.#current.snapshot;
  }

  /** What the snapshot in force was made from. */
  get source(): ConfigSource {
    return this.#current.source;
  }

  /** Puts a new snapshot in force, then tells the listeners, in the order in which they came. */
  swap(loaded: LoadedConfig): void {
    this.#current = loaded;
    this.reloads.applied++;
    for (const listener of this.#listeners) listener(loaded.snapshot);
  }

  /** @returns ends the listening */
  onSwap(listener: SwapListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
