import { type ConfigChange, diffRegistries } from '#config/diff/diff-registries.js';
import { formatFaults, loadConfig } from '#config/load-config.js';
import { KeptConfig } from '#installation/kept-config.js';
import { openRootSecret } from '#installation/open-root-secret.js';
import { readEnvironment } from '#process/environment.js';

/**
 * `gatehouse config diff [folder] [--json]`: what a reload of the folder would change about the config that the gateway of this data
 * folder put in force last.
 * @returns exit code: 0 nothing, 1 something, 2 it cannot be said: the folder has faults, or there is no last good config
 */
export async function runConfigDiff(rest: readonly string[], variables: NodeJS.ProcessEnv): Promise<number> {
  const environment = readEnvironment(variables);
  const folder = rest.find((word) => !word.startsWith('-')) ?? environment.configFolder;
  const complain = (_: object, message: string): void => console.error(message);
  const kept = new KeptConfig(environment.dataFolder, openRootSecret(environment, false), { warn: complain });
  const outcome = await loadConfig(folder, variables, { publicUrls: environment.publicUrls });
  if (!outcome.ok) {
    console.error(formatFaults(outcome.faults));
    return 2;
  }
  const last = await kept.load();
  if (last === null) {
    console.error(
      `There is no last good config in ${environment.dataFolder}. Set GATEHOUSE_DATA to the data folder of a gateway that has served.`,
    );
    return 2;
  }
  const changes = diffRegistries(last.snapshot, outcome.snapshot);
  if (rest.includes('--json')) console.log(JSON.stringify(changes, null, 2));
  else console.log(changes.length === 0 ? 'A reload would change nothing.' : changes.map(describe).join('\n'));
  return changes.length === 0 ? 0 : 1;
}

function describe({ thing, change, keys }: ConfigChange): string {
  if (change !== 'changed') return `${change === 'added' ? '+' : '-'} ${thing}`;
  const parts = (['added', 'removed', 'changed'] as const).flatMap((how) =>
    keys[how].length === 0 ? [] : [`${how}: ${keys[how].join(', ')}`],
  );
  return `~ ${thing} (${parts.join('; ')})`;
}
