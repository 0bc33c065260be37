import { type Environment, OperatorError, readEnvironment } from '#process/environment.js';
import type { Installation, RunningApp, StartApp } from './installation.js';
import { openInstallation } from './open-installation.js';

export interface AppRun {
  readonly name: string;
  /** Started in order, stopped in reverse. */
  readonly start: readonly StartApp[];
  readonly standalone?: boolean;
  readonly variables?: NodeJS.ProcessEnv;
  /** Called once everything serves. */
  readonly onReady?: (installation: Installation) => void;
}

/** How long a stop may take before the process ends regardless, in milliseconds. */
const STOP_BUDGET_MS = 15_000;

/**
 * Runs apps as a process: opens the installation, starts them, and stops them on SIGTERM or SIGINT, finishing what is in flight.
 * A fault that the operator can mend ends the process with its message alone.
 */
export async function runApp(run: AppRun): Promise<void> {
  const variables = run.variables ?? process.env;
  let environment: Environment;
  let installation: Installation | undefined;
  const running: RunningApp[] = [];

  const stopAll = async (): Promise<void> => {
    for (const app of running.reverse()) await app.stop();
    await installation?.close();
  };

  try {
    environment = readEnvironment(variables);
    installation = await openInstallation({ app: run.name, environment, variables, standalone: run.standalone ?? false });
    for (const start of run.start) running.push(await start(installation));
  } catch (error) {
    await stopAll();
    failStart(error);
    return;
  }
  stopOnSignal(stopAll, installation);
  installation.logger.info({ node: process.version }, `${run.name} serves`);
  run.onReady?.(installation);
}

function stopOnSignal(stopAll: () => Promise<void>, { logger }: Installation): void {
  let stopping = false;
  const stop = (signal: string): void => {
    if (stopping) return;
    stopping = true;
    logger.info({ signal }, 'Stopping');
    setTimeout(() => process.exit(1), STOP_BUDGET_MS).unref();
    stopAll().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error({ err: error }, 'Stopping failed');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', () => stop('SIGTERM'));
  process.on('SIGINT', () => stop('SIGINT'));
}

/** Says why the process cannot serve, and ends it. */
function failStart(error: unknown): void {
  const text = error instanceof OperatorError ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`gatehouse: ${text}\n`);
  process.exit(1);
}
