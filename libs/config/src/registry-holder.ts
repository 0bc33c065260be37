import type { RegistrySnapshot } from './registry.js';

type SwapListener = (snapshot: RegistrySnapshot) => void;

/** Holds the snapshot in force. A call or request reads it once and keeps what it read. */
export class Registry {
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
    for (const listener of this.#listeners) listener(snapshot);
  }

  /** @returns ends the listening */
  onSwap(listener: SwapListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
