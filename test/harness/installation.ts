/**
 * A running Gatehouse for end-to-end tests: the built standalone app as a process of its own, with a copy of a config folder, a
 * database and ports of its own. Tests speak HTTP with it, and may kill it.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { freePorts } from './free-port.js';
import { createTestDatabase } from './test-database.js';

const ROOT = resolve(import.meta.dirname, '../..');
const START_BUDGET_MS = 90_000;

export interface InstallationOptions {
  /** Config folder to copy; the example config of the repository when absent. */
  readonly config?: string;
  /** Files to write over the copy: path → text, or null to remove. */
  readonly files?: Readonly<Record<string, string | null>>;
  readonly env?: Readonly<Record<string, string>>;
}

export interface TestInstallation {
  /** Base URLs without a trailing slash. `internal` is the gateway's internal port, `sample` the sample upstream's. */
  readonly urls: {
    readonly gateway: string;
    readonly internal: string;
    readonly auth: string;
    readonly portal: string;
    readonly sample: string;
  };
  readonly configFolder: string;
  readonly env: Readonly<Record<string, string>>;
  /** The process now running. */
  child(): ChildProcess;
  /** Everything it wrote to standard output and error. */
  output(): string;
  /** Runs SQL without parameters on its database; returns the last statement's rows. */
  sql(text: string): Promise<Record<string, unknown>[]>;
  /** Writes (or, with null, removes) a file of the config folder; the process notices by itself. */
  writeConfig(file: string, text: string | null): void;
  /** Ends the process by a signal and waits for it. */
  end(signal: NodeJS.Signals): Promise<number | null>;
  /** Starts the process again, on the same data and ports. */
  start(): Promise<void>;
  /** Ends everything and removes what was made. */
  stop(): Promise<void>;
}

export async function startInstallation(options: InstallationOptions = {}): Promise<TestInstallation> {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-e2e-'));
  const configFolder = join(folder, 'config');
  cpSync(options.config ?? join(ROOT, 'config'), configFolder, { recursive: true });
  const writeConfig = (file: string, text: string | null): void => {
    const path = join(configFolder, file);
    if (text === null) {
      rmSync(path, { recursive: true, force: true });
      return;
    }
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  };
  for (const [file, text] of Object.entries(options.files ?? {})) writeConfig(file, text);

  const dataFolder = join(folder, 'data');
  const database = await createTestDatabase(dataFolder);
  const [gateway, internal, auth, portal, sample] = (await freePorts(5)) as [number, number, number, number, number];
  const at = (port: number): string => `http://localhost:${port}`;
  const env: Record<string, string> = {
    PATH: process.env.PATH ?? '',
    GATEHOUSE_CONFIG: configFolder,
    GATEHOUSE_DATA: dataFolder,
    GATEWAY_PORT: String(gateway),
    GATEWAY_INTERNAL_PORT: String(internal),
    AUTH_SERVER_PORT: String(auth),
    PORTAL_PORT: String(portal),
    SAMPLE_UPSTREAM_PORT: String(sample),
    PUBLIC_GATEWAY_URL: at(gateway),
    PUBLIC_AUTH_URL: at(auth),
    PUBLIC_PORTAL_URL: at(portal),
    LOG_LEVEL: 'info',
    ...(database.url ? { DATABASE_URL: database.url } : {}),
    ...(process.env.REDIS_URL ? { REDIS_URL: process.env.REDIS_URL } : {}),
    ...options.env,
  };

  let child: ChildProcess | null = null;
  let output = '';
  const start = async (): Promise<void> => {
    const started = spawn(process.execPath, [join(ROOT, 'dist/apps/standalone/src/main.js')], {
      cwd: ROOT,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child = started;
    let own = '';
    const ready = new Promise<void>((done, failed) => {
      const timer = setTimeout(() => failed(new Error(`Gatehouse did not start:\n${own}`)), START_BUDGET_MS);
      const read = (chunk: Buffer): void => {
        own += chunk;
        output += chunk;
        if (own.includes(' is up.')) done();
      };
      started.stdout?.on('data', read);
      started.stderr?.on('data', read);
      started.once('exit', (code) => failed(new Error(`Gatehouse ended with ${code}:\n${own}`)));
      started.once('exit', () => clearTimeout(timer));
    });
    await ready;
  };
  const end = (signal: NodeJS.Signals): Promise<number | null> => {
    const ending = child;
    if (!ending || ending.exitCode !== null || ending.signalCode !== null) return Promise.resolve(ending?.exitCode ?? null);
    return new Promise((done) => {
      ending.once('exit', (code) => done(code));
      ending.kill(signal);
    });
  };
  const clean = async (): Promise<void> => {
    await database.drop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await start();
  } catch (error) {
    await end('SIGKILL');
    await clean();
    throw error;
  }

  return {
    urls: { gateway: at(gateway), internal: at(internal), auth: at(auth), portal: at(portal), sample: at(sample) },
    configFolder,
    env,
    child: () => child as ChildProcess,
    output: () => output,
    sql: (text) => database.sql(text),
    writeConfig,
    end,
    start,
    stop: async () => {
      await end('SIGTERM');
      await clean();
    },
  };
}

/** Waits until a condition holds, asking every 25 ms. @throws Error when it does not within the time */
export async function until(condition: () => boolean | Promise<boolean>, what: string, withinMs = 30_000): Promise<void> {
  const end = Date.now() + withinMs;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`Not within ${withinMs} ms: ${what}`);
    await new Promise((done) => setTimeout(done, 25));
  }
}
