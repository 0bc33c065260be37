import { formatFaults, type LoadedConfig, type LoadOutcome } from '#config/load-config.js';
import { OperatorError } from '#process/environment.js';
import type { Logger } from '#process/logger.js';
import type { KeptConfig } from './kept-config.js';

/**
 * The config to start with: the folder's, or the last good one where the folder has faults.
 * @throws OperatorError naming the faults, where there is no other config
 */
export async function chooseStartConfig(
  folder: string,
  outcome: LoadOutcome,
  kept: KeptConfig | null,
  logger: Logger,
): Promise<LoadedConfig> {
  if (outcome.ok) return outcome;
  const faults = formatFaults(outcome.faults);
  const last = await kept?.load();
  if (!last) throw new OperatorError(`The config in ${folder} has ${outcome.faults.length} fault(s):\n${faults}`);
  logger.error({ faults }, 'Config refused; starting from the last good one, on disk');
  return last;
}
