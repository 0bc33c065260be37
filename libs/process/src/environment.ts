/** The environment variables of DESIGN: read once, checked, typed. */
import { availableParallelism } from 'node:os';

export interface Environment {
  /** Config folder. */
  readonly configFolder: string;
  /** undefined: the embedded database. */
  readonly databaseUrl: string | undefined;
  /** undefined: counters in memory. */
  readonly redisUrl: string | undefined;
  /** Folder of the embedded database and of what standalone keeps. */
  readonly dataFolder: string;
  readonly secret: string | undefined;
  readonly logLevel: LogLevel;
  readonly ports: { readonly gateway: number; readonly gatewayInternal: number; readonly authServer: number; readonly portal: number };
  /** Whether the gateway reads plain requests by itself, before node:http. */
  readonly gatewayFastPath: boolean;
  /** How many credentials a gateway process keeps in memory. */
  readonly gatewayCredentialCache: number;
  /** Processes that serve the gateway's ports together. */
  readonly gatewayWorkers: number;
  /** Milliseconds for which a gateway that was told to stop says so and goes on serving. */
  readonly gatewayDrainDelay: number;
  readonly gatewayClientLimits: ClientLimits;
  /** null: the gateway does not trace. */
  readonly tracing: TracingSettings | null;
  /** Each overrides the config's `publicUrls`. */
  readonly publicUrls: { readonly gateway?: string | undefined; readonly auth?: string | undefined; readonly portal?: string | undefined };
}

/** What the gateway bears of its clients' connections; 0: no limit. */
export interface ClientLimits {
  /** Connections to the public port. */
  readonly connections: number;
  /** Those of one address. */
  readonly connectionsPerAddress: number;
  /** Bytes a second that a client sends of a body, or takes of an answer, while it is waited for. */
  readonly rate: number;
  /** Seconds for which it may be slower, or silent. */
  readonly bodyPatience: number;
  readonly answerPatience: number;
}

const MOST_WORKERS = 128;
const MOST_DRAIN_SECONDS = 300;
const MOST_PATIENCE_SECONDS = 3_600;
const MOST_CONNECTIONS = 10_000_000;
const MOST_RATE = 1_000_000;
/** By the variables that OpenTelemetry defines. */
export interface TracingSettings {
  /** Where traces are sent to, by OTLP over HTTP. */
  readonly url: string;
  /** Share of the calls that is traced where the caller does not decide it. */
  readonly ratio: number;
  readonly serviceName: string;
}

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** A fault of the environment or of the machine that its operator can mend; `message` says how. Shown without a stack. */
export class OperatorError extends Error {
  override readonly name = 'OperatorError';
}

/** @throws OperatorError naming every variable that is wrong, one a line */
export function readEnvironment(variables: NodeJS.ProcessEnv): Environment {
  const faults: string[] = [];

  const text = (name: string): string | undefined => variables[name]?.trim() || undefined;
  const port = (name: string, fallback: number): number => {
    const value = text(name);
    if (value === undefined) return fallback;
    const number = /^\d{1,5}$/.test(value) ? Number(value) : Number.NaN;
    if (!(number <= 65_535)) faults.push(`${name} must be a port from 0 to 65535, not "${value}"`);
    return number;
  };
  const url = (name: string, schemes: readonly string[]): string | undefined => {
    const value = text(name);
    if (value === undefined) return undefined;
    if (!URL.canParse(value) || !schemes.includes(new URL(value).protocol)) {
      faults.push(`${name} must be a URL that begins with ${schemes.map((scheme) => `${scheme}//`).join(' or ')}`);
    }
    return value;
  };
  const publicUrl = (name: string): string | undefined => url(name, ['http:', 'https:'])?.replace(/\/+$/, '');

  const logLevel = text('LOG_LEVEL') ?? 'info';
  if (!LOG_LEVELS.includes(logLevel as LogLevel)) faults.push(`LOG_LEVEL must be one of ${LOG_LEVELS.join(', ')}, not "${logLevel}"`);

  const fastPath = text('GATEWAY_FAST_PATH') ?? 'on';
  if (fastPath !== 'on' && fastPath !== 'off') faults.push(`GATEWAY_FAST_PATH must be on or off, not "${fastPath}"`);

  const cacheText = text('GATEWAY_CREDENTIAL_CACHE') ?? '50000';
  const credentialCache = /^\d{1,8}$/.test(cacheText) ? Number(cacheText) : 0;
  if (credentialCache < 1_000) faults.push(`GATEWAY_CREDENTIAL_CACHE must be a number of credentials from 1000, not "${cacheText}"`);
  const workers = text('GATEWAY_WORKERS') ?? '1';
  if (workers !== 'auto' && !(/^\d{1,3}$/.test(workers) && Number(workers) <= MOST_WORKERS)) {
    faults.push(`GATEWAY_WORKERS must be auto, or a number from 0 (auto) to ${MOST_WORKERS}, not "${workers}"`);
  }

  const seconds = (name: string, fallback: string, least: number, most: number): number => {
    const value = text(name) ?? fallback;
    const number = Number(/^(\d{1,4})s?$/.exec(value)?.[1] ?? Number.NaN);
    if (!(number >= least && number <= most)) faults.push(`${name} must be seconds from ${least} to ${most}, such as 5s, not "${value}"`);
    return number;
  };
  const count = (name: string, fallback: number, most: number): number => {
    const value = text(name) ?? String(fallback);
    const number = /^\d{1,8}$/.test(value) ? Number(value) : Number.NaN;
    if (!(number <= most)) faults.push(`${name} must be a number from 0 (no limit) to ${most}, not "${value}"`);
    return number;
  };

  const tracesUrl = url('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', ['http:', 'https:']);
  const collector = url('OTEL_EXPORTER_OTLP_ENDPOINT', ['http:', 'https:'])?.replace(/\/+$/, '');
  const ratio = Number(text('OTEL_TRACES_SAMPLER_ARG') ?? 1);
  if (!(ratio >= 0 && ratio <= 1)) faults.push('OTEL_TRACES_SAMPLER_ARG must be the share of calls to trace, from 0 to 1, such as 0.1');
  const traced = tracesUrl ?? (collector && `${collector}/v1/traces`);

  const environment: Environment = {
    configFolder: text('GATEHOUSE_CONFIG') ?? 'config',
    databaseUrl: url('DATABASE_URL', ['postgres:', 'postgresql:']),
    redisUrl: url('REDIS_URL', ['redis:', 'rediss:']),
    dataFolder: text('GATEHOUSE_DATA') ?? '.data',
    secret: text('GATEHOUSE_SECRET'),
    logLevel: logLevel as LogLevel,
    ports: {
      gateway: port('GATEWAY_PORT', 8000),
      gatewayInternal: port('GATEWAY_INTERNAL_PORT', 8001),
      authServer: port('AUTH_SERVER_PORT', 8010),
      portal: port('PORTAL_PORT', 8020),
    },
    gatewayFastPath: fastPath === 'on',
    gatewayCredentialCache: credentialCache,
    gatewayWorkers: workers === 'auto' ? availableParallelism() : Number(workers) || availableParallelism(),
    gatewayDrainDelay: seconds('GATEWAY_DRAIN_DELAY', '0s', 0, MOST_DRAIN_SECONDS) * 1_000,
    gatewayClientLimits: {
      connections: count('GATEWAY_MAX_CONNECTIONS', 20_000, MOST_CONNECTIONS),
      connectionsPerAddress: count('GATEWAY_MAX_CONNECTIONS_PER_ADDRESS', 4_000, MOST_CONNECTIONS),
      rate: count('GATEWAY_MIN_RATE', 500, MOST_RATE),
      bodyPatience: seconds('GATEWAY_BODY_PATIENCE', '20s', 1, MOST_PATIENCE_SECONDS),
      answerPatience: seconds('GATEWAY_ANSWER_PATIENCE', '60s', 1, MOST_PATIENCE_SECONDS),
    },
    tracing: traced === undefined ? null : { url: traced, ratio, serviceName: text('OTEL_SERVICE_NAME') ?? 'gatehouse-gateway' },
    publicUrls: { gateway: publicUrl('PUBLIC_GATEWAY_URL'), auth: publicUrl('PUBLIC_AUTH_URL'), portal: publicUrl('PUBLIC_PORTAL_URL') },
  };
  if (faults.length > 0) throw new OperatorError(faults.join('\n'));
  return environment;
}
