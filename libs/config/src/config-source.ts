import type { ConfigOverrides } from './compile/compile-registry.js';
import type { ConfigFile } from './source/config-folder.js';

interface WrittenSource {
  readonly files: readonly (Omit<ConfigFile, 'bytes'> & { readonly bytes: string })[];
  readonly variables: readonly (readonly [string, string])[];
  readonly overrides: ConfigOverrides;
}

/**
 * What a snapshot was made from: every file of the folder, and the value of every variable that they used. The same source makes
 * the same snapshot, in another process or on another day. It holds secrets, which no log line or JSON shows by accident.
 */
export class ConfigSource {
  readonly #files: readonly ConfigFile[];
  readonly #variables: ReadonlyMap<string, string>;
  readonly #overrides: ConfigOverrides;

  /** @param variables reference → value */
  constructor(files: readonly ConfigFile[], variables: ReadonlyMap<string, string>, overrides: ConfigOverrides) {
    this.#files = files;
    this.#variables = variables;
    this.#overrides = overrides;
  }

  get files(): readonly ConfigFile[] {
    return this.#files;
  }

  get variables(): ReadonlyMap<string, string> {
    return this.#variables;
  }

  get overrides(): ConfigOverrides {
    return this.#overrides;
  }

  /** As text, secrets included: for another process of this installation, or to be sealed. */
  reveal(): string {
    const written: WrittenSource = {
      files: this.#files.map((file) => ({ ...file, bytes: file.bytes.toString('base64') })),
      variables: [...this.#variables],
      overrides: this.#overrides,
    };
    return JSON.stringify(written);
  }

  /** @param text made by `reveal` */
  static parse(text: string): ConfigSource {
    const { files, variables, overrides } = JSON.parse(text) as WrittenSource;
    return new ConfigSource(
      files.map((file) => ({ ...file, bytes: Buffer.from(file.bytes, 'base64') })),
      new Map(variables),
      overrides,
    );
  }
}
