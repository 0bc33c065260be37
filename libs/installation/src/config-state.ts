/** What is to be said of the config in force. */
export interface ConfigCondition {
  /** The folder has faults; what is in force is an earlier config. */
  readonly refused: boolean;
  /** What is in force was read from the disk, and the folder has not been put in force since. */
  readonly fromDisk: boolean;
}

/** How the config in force stands to the folder; whoever wants to know is told of changes. */
export class ConfigState {
  #condition: ConfigCondition;
  readonly #listeners = new Set<(condition: ConfigCondition) => void>();

  constructor(condition: ConfigCondition = { refused: false, fromDisk: false }) {
    this.#condition = condition;
  }

  get condition(): ConfigCondition {
    return this.#condition;
  }

  change(condition: Partial<ConfigCondition>): void {
    this.#condition = { ...this.#condition, ...condition };
    for (const listener of this.#listeners) listener(this.#condition);
  }

  /** @returns ends the listening */
  onChange(listener: (condition: ConfigCondition) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
