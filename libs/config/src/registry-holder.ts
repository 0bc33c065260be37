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
  #snapshot: RegistrySnapshot;
  readonly #listeners = new Set<SwapListener>();

  constructor(snapshot: RegistrySnapshot) {
    this.#snapshot = snapshot;
  }

  get snapshot(): RegistrySnapshot {
    return this.#snapshot;
  }

  /** Puts a new snapshot in force, then tells the listeners, in the order in which they came. */
  swap(snapshot: RegistrySnapshot): void {
    this.#snapshot = snapshot;
    this.reloads.applied++;
    for (const listener of this.#listeners) listener(snapshot);
  }

  /** @returns ends the listening */
  onSwap(listener: SwapListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
