/** The gateway as a process of its own (`gatehouse gateway`), as operators run it; it needs a PostgreSQL server (DATABASE_URL). */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { freePorts } from '../../../test/harness/free-port.js';
import { until } from '../../../test/harness/installation.js';
import { createTestDatabase } from '../../../test/harness/test-database.js';
import { issueToken, startUpstream, type TokenOptions } from './gateway-under-test.js';

const ROOT = resolve(import.meta.dirname, '../../..');
const GATEHOUSE = join(ROOT, 'bin/gatehouse.mjs');

export interface GatewayProcess {
  readonly url: string;
  readonly internal: string;
  readonly upstreamUrl: string;
  readonly env: Record<string, string>;
  readonly databaseUrl: string;
  sql(text: string): Promise<Record<string, unknown>[]>;
  issueToken(api: string, options?: TokenOptions): Promise<string>;
  /** Writes (or, with null, removes) a file of the config folder. */
  writeConfig(file: string, text: string | null): void;
  /** Starts the process. @returns once it is ready */
  start(env?: Record<string, string>): Promise<void>;
  child(): ChildProcess;
  /** Everything it wrote. */
  output(): string;
  /** The lines of its log. */
  log(): Record<string, unknown>[];
  /** Resolves with exit code and signal. */
  end(signal: NodeJS.Signals): Promise<[number | null, NodeJS.Signals | null]>;
  readiness(): Promise<{ code: number; status: string; degraded: string[] }>;
  stop(): Promise<void>;
}

export async function makeGatewayProcess(options: { readonly env?: Record<string, string> } = {}): Promise<GatewayProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-gateway-'));
  const configFolder = join(folder, 'config');
  cpSync(join(import.meta.dirname, 'config'), configFolder, { recursive: true });
  const upstream = await startUpstream();
  const database = await createTestDatabase(join(folder, 'data'));
  const databaseUrl = database.url as string;
  const [port, internalPort] = (await freePorts(2)) as [number, number];
  const env: Record<string, string> = {
    PATH: process.env.PATH ?? '',
    DATABASE_URL: databaseUrl,
    GATEHOUSE_SECRET: 'a-secret-of-at-least-thirty-two-characters',
    GATEHOUSE_CONFIG: configFolder,
    GATEHOUSE_DATA: join(folder, 'data'),
    GATEWAY_PORT: String(port),
    GATEWAY_INTERNAL_PORT: String(internalPort),
    UPSTREAM_URL: upstream.url,
    ...options.env,
  };
  const migrated = spawnSync(process.execPath, [GATEHOUSE, 'migrate'], { env, encoding: 'utf8' });
  if (migrated.status !== 0) throw new Error(migrated.stderr);

  let child: ChildProcess | null = null;
  let output = '';
  const internal = `http://localhost:${internalPort}`;
  const ended = (process: ChildProcess): boolean => process.exitCode !== null || process.signalCode !== null;

  const own: GatewayProcess = {
    url: `http://localhost:${port}`,
    internal,
    upstreamUrl: upstream.url,
    env,
    databaseUrl,
    sql: (text) => database.sql(text),
    issueToken: (api, tokenOptions) => issueToken(database, api, tokenOptions),
    writeConfig: (file, text) => {
      const path = join(configFolder, file);
      mkdirSync(dirname(path), { recursive: true });
      if (text === null) rmSync(path, { recursive: true, force: true });
      else writeFileSync(path, text);
    },
    async start(more = {}) {
      const started = spawn(process.execPath, [GATEHOUSE, 'gateway'], { env: { ...env, ...more }, stdio: ['ignore', 'pipe', 'pipe'] });
      child = started;
      output = '';
      for (const stream of [started.stdout, started.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk));
      // Workers say it, too, each with its number.
      const serves = (): boolean => own.log().some(({ msg, worker }) => msg === 'gateway serves' && worker === undefined);
      await until(() => ended(started) || serves(), 'the gateway serves', 60_000);
      if (ended(started)) throw new Error(`The gateway ended:\n${output}`);
    },
    child: () => child as ChildProcess,
    output: () => output,
    log: () => output.split('\n').flatMap((line) => (line.startsWith('{') && line.endsWith('}') ? [JSON.parse(line)] : [])),
    end: (signal) => {
      const ending = child as ChildProcess;
      if (ended(ending)) return Promise.resolve([ending.exitCode, ending.signalCode]);
      return new Promise((done) => {
        ending.once('exit', (code, by) => done([code, by]));
        ending.kill(signal);
      });
    },
    async readiness() {
      const answer = await fetch(`${internal}/readyz`);
      return { code: answer.status, ...((await answer.json()) as { status: string; degraded: string[] }) };
    },
    async stop() {
      if (child) await own.end('SIGKILL');
      upstream.process.kill('SIGKILL');
      await database.drop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return own;
}

/** One call on a connection of its own. @returns its status; null where the connection broke */
export function callOnce(url: string, headers: Record<string, string> = {}): Promise<number | null> {
  return new Promise((done) => {
    const request = get(url, { agent: false, headers }, (response) => {
      response.resume();
      response.on('end', () => done(response.statusCode ?? null));
      response.on('error', () => done(null));
    });
    request.on('error', () => done(null));
  });
}
