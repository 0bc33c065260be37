import { formatFaults, loadConfig } from '../load-config.js';
import type { RegistrySnapshot } from '../registry.js';

/**
 * `gatehouse config check`: loads a folder and says what is wrong with it, or what is in it.
 * @returns exit code: 0 where the folder is good, 1 where it is not
 */
export async function runConfigCheck(folder: string, variables: NodeJS.ProcessEnv): Promise<number> {
  const outcome = await loadConfig(folder, variables);
  if (outcome.ok) {
    console.log(`${folder} is good: ${summarize(outcome.snapshot)}`);
    return 0;
  }
  const count = outcome.faults.length;
  console.error(formatFaults(outcome.faults));
  console.error(`${folder} has ${count} ${count === 1 ? 'mistake' : 'mistakes'}`);
  return 1;
}

function summarize({ apis, plans, authMethods, groups, declared }: RegistrySnapshot): string {
  return [
    count(apis.size, 'API'),
    count(plans.size, 'plan'),
    count(authMethods.size, 'auth method'),
    count(groups.size, 'group'),
    count(declared.applications.length, 'application'),
    count(declared.users.length, 'user'),
  ].join(', ');
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
