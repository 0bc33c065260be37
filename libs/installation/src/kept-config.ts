import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigSource } from '#config/config-source.js';
import { compileSource, formatFaults, type LoadedConfig } from '#config/load-config.js';
import { writeAtomically } from '#process/write-atomically.js';
import type { RootSecret } from '#secrets/root-secret.js';
import { openText, sealText } from '#secrets/sealed-text.js';

interface Warner {
  warn(details: object, message: string): void;
}

/**
 * The last good config, on disk: its files and the values of its variables, encrypted under a key of the root secret. What a
 * gateway starts from where the folder is broken or the database is away (docs/adr/0015-surviving-gateways.md).
 */
export class KeptConfig {
  readonly #file: string;
  readonly #key: Buffer;
  readonly #logger: Warner;

  constructor(dataFolder: string, rootSecret: RootSecret, logger: Warner) {
    this.#file = join(dataFolder, 'gateway', 'last-good-config');
    this.#key = rootSecret.deriveKey('last-good-config');
    this.#logger = logger;
  }

  /** A disk that cannot be written is no reason not to serve. */
  async save(source: ConfigSource): Promise<void> {
    try {
      await writeAtomically(this.#file, sealText(this.#key, source.reveal()));
    } catch (error) {
      this.#logger.warn({ file: this.#file, error: (error as Error).message }, 'The last good config cannot be kept; set GATEHOUSE_DATA');
    }
  }

  /** @returns null where there is none, or none that can be used */
  async load(): Promise<LoadedConfig | null> {
    let sealed: Buffer;
    try {
      sealed = await readFile(this.#file);
    } catch {
      return null;
    }
    try {
      const outcome = await compileSource(ConfigSource.parse(openText(this.#key, sealed)));
      if (outcome.ok) return outcome;
      this.#logger.warn({ file: this.#file, faults: formatFaults(outcome.faults) }, 'This release cannot use the last good config');
    } catch (error) {
      this.#logger.warn(
        { file: this.#file, error: (error as Error).message },
        'The last good config cannot be read: another GATEHOUSE_SECRET?',
      );
    }
    return null;
  }
}
