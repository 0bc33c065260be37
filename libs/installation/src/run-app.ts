import { type Environment, OperatorError, readEnvironment } from '#process/environment.js';
import type { Installation, RunningApp, StartApp } from './installation.js';
import { openInstallation } from './open-installation.js';
import type { OpenOptions } from './open-options.js';

export interface AppRun {
  readonly name: string;
  /** Started in order, stopped in reverse. */
  readonly start: readonly StartApp[];
  readonly standalone?: boolean;
  /** As in `OpenOptions`. */
  readonly survives?: boolean;
  /** How the installation is opened; absent: from its folder and database. */
  readonly open?: (options: OpenOptions) => Promise<Installation>;
  readonly variables?: NodeJS.ProcessEnv;
  /** Called once everything serves. */
  readonly onReady?: (installation: Installation) => void;
  /** Says why the process cannot serve; absent: on standard error. */
  readonly onFault?: (message: string) => void | Promise<void>;
}

const ONE_PROCESS =
  'GATEWAY_WORKERS is for a gateway of its own (gatehouse gateway). Everything in one process has no workers: unset it, or set it to 1.';
/** How long a stop may take, after its delay, before the process ends regardless, in milliseconds. */
export const STOP_BUDGET_MS = 15_000;

/**
 * Runs apps as a process: opens the installation, starts them, and stops them on SIGTERM or SIGINT, finishing what is in flight.
 * A fault that the operator can mend ends the process with its message alone.
 */
export async function runApp(run: AppRun): Promise<void> {
  const { variables = process.env, standalone = false, survives = false, open = openInstallation } = run;
  let environment: Environment;
  let installation: Installation | undefined;
  const running: RunningApp[] = [];

  const stopAll = async (): Promise<void> => {
    for (const app of running.reverse()) await app.stop();
    await installation?.close();
  };

  try {
    environment = readEnvironment(variables);
    if (standalone && environment.gatewayWorkers > 1) throw new OperatorError(ONE_PROCESS);
    installation = await open({ app: run.name, environment, variables, standalone, survives });
    for (const start of run.start) running.push(await start(installation));
  } catch (error) {
    await stopAll();
    await (run.onFault ?? sayFault)(explainFault(error));
    process.exit(1);
  }
  stopOnSignal(stopAll, installation);
  installation.logger.info({ node: process.version }, `${run.name} serves`);
  run.onReady?.(installation);
}

function stopOnSignal(stopAll: () => Promise<void>, { environment, logger }: Installation): void {
  let stopping = false;
  const stop = (signal: string): void => {
    if (stopping) return;
    stopping = true;
    logger.info({ signal }, 'Stopping');
    setTimeout(() => process.exit(1), STOP_BUDGET_MS + environment.gatewayDrainDelay).unref();
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

function explainFault(error: unknown): string {
  return error instanceof OperatorError ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function sayFault(message: string): void {
  process.stderr.write(`gatehouse: ${message}\n`);
}
