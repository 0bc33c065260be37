/**
 * From a config folder to a registry snapshot: read the files, parse them and resolve their variables, decode them into their
 * classes, check what crosses files, compile. Every mistake of the folder is found in one go; a folder with one is refused whole.
 * This lib knows nothing of databases, servers and logs: it returns what it found.
 */
import { checkDraft } from './check/check-draft.js';
import { type ConfigOverrides, compileRegistry } from './compile/compile-registry.js';
import { fingerprintOf } from './compile/fingerprint.js';
import { type ConfigFault, sortFaults } from './config-fault.js';
import { decodeFolder } from './decode/decode-folder.js';
import type { RegistrySnapshot } from './registry.js';
import { readConfigFolder } from './source/config-folder.js';
import { Variables } from './source/variables.js';

export { type ConfigFault, formatFaults } from './config-fault.js';

export type LoadOutcome =
  | { readonly ok: true; readonly snapshot: RegistrySnapshot }
  | { readonly ok: false; readonly faults: readonly ConfigFault[] };

/**
 * Loads a config folder.
 * @param variables what `${NAME}` in the folder reads
 * @param overrides what the environment says over the folder
 */
export async function loadConfig(folder: string, variables: NodeJS.ProcessEnv, overrides: ConfigOverrides = {}): Promise<LoadOutcome> {
  const faults: ConfigFault[] = [];
  const used = new Variables(variables);

  const files = await readConfigFolder(folder, faults);
  const draft = await decodeFolder(files, used, faults);
  checkDraft(draft, faults);
  if (faults.length > 0) return { ok: false, faults: sortFaults(faults) };

  return { ok: true, snapshot: compileRegistry(draft, fingerprintOf(files, used, overrides), overrides) };
}
