/**
 * From a config folder to a registry snapshot: read the files, parse them and resolve their variables, decode them into their
 * classes, check what crosses files, compile. Every mistake of the folder is found in one go; a folder with one is refused whole.
 * This lib knows nothing of databases, servers and logs: it returns what it found.
 */
import { checkDraft } from './check/check-draft.js';
import { type ConfigOverrides, compileRegistry } from './compile/compile-registry.js';
import { fingerprintOf } from './compile/fingerprint.js';
import { type ConfigFault, sortFaults } from './config-fault.js';
import { ConfigSource } from './config-source.js';
import { decodeFolder } from './decode/decode-folder.js';
import type { RegistrySnapshot } from './registry.js';
import { type ConfigFile, readConfigFolder } from './source/config-folder.js';
import { readingFrom, readingRecorded, Variables } from './source/variables.js';

export { type ConfigFault, formatFaults } from './config-fault.js';

export interface LoadedConfig {
  readonly snapshot: RegistrySnapshot;
  readonly source: ConfigSource;
}

export type LoadOutcome = ({ readonly ok: true } & LoadedConfig) | { readonly ok: false; readonly faults: readonly ConfigFault[] };

/**
 * Loads a config folder.
 * @param variables what `${NAME}` in the folder reads
 * @param overrides what the environment says over the folder
 */
export async function loadConfig(folder: string, variables: NodeJS.ProcessEnv, overrides: ConfigOverrides = {}): Promise<LoadOutcome> {
  const faults: ConfigFault[] = [];
  const files = await readConfigFolder(folder, faults);
  return compileFiles(files, new Variables(readingFrom(variables)), overrides, faults);
}

/** Makes the snapshot of a source again. Its faults are those of a release that reads configs otherwise. */
export function compileSource({ files, variables, overrides }: ConfigSource): Promise<LoadOutcome> {
  return compileFiles(files, new Variables(readingRecorded(variables)), overrides, []);
}

async function compileFiles(
  files: readonly ConfigFile[],
  used: Variables,
  overrides: ConfigOverrides,
  faults: ConfigFault[],
): Promise<LoadOutcome> {
  const draft = await decodeFolder(files, used, faults);
  checkDraft(draft, faults);
  if (faults.length > 0) return { ok: false, faults: sortFaults(faults) };
  return {
    ok: true,
    snapshot: compileRegistry(draft, fingerprintOf(files, used, overrides), overrides),
    source: new ConfigSource(files, used.used, overrides),
  };
}
