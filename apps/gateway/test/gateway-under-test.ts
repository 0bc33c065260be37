/** A Gatehouse with the config beside this file, in front of the upstream of raw behaviours, which is a process of its own too. */
import { type ChildProcess, spawn } from 'node:child_process';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { hashToken, newToken } from '../../../libs/secrets/src/token.js';
import { type InstallationOptions, startInstallation, type TestInstallation } from '../../../test/harness/installation.js';

export interface UpstreamSight {
  readonly last: { readonly method: string; readonly url: string; readonly rawHeaders: string[] } | null;
  readonly aborted: number;
  readonly open: number;
  readonly requests: number;
  readonly bodyBytes: number;
}

export interface GatewayUnderTest {
  readonly installation: TestInstallation;
  readonly url: string;
  readonly port: number;
  readonly upstreamUrl: string;
  /** What the upstream saw so far. */
  sight(): Promise<UpstreamSight>;
  /** Fields of the last request that the upstream saw, by lower-case name; copies joined by ` | `. */
  seenFields(): Promise<Record<string, string>>;
  /** Puts an access token for the shop's subscription to an API into the database. */
  issueToken(api: string, options?: TokenOptions): Promise<string>;
  /** Ends the upstream and starts it again on its port: every idle connection to it is dead. */
  restartUpstream(): Promise<void>;
  stop(): Promise<void>;
}

export interface TokenOptions {
  readonly scopes?: readonly string[];
  /** E-mail address of the person; absent: the client's own token. */
  readonly person?: string;
  /** Seconds. */
  readonly ttl?: number;
}

export async function startGatewayUnderTest(options: InstallationOptions = {}): Promise<GatewayUnderTest> {
  let upstream = await startUpstream();
  const installation = await startInstallation({
    config: join(import.meta.dirname, 'config'),
    ...options,
    env: { UPSTREAM_URL: upstream.url, GATEWAY_FAST_PATH: process.env.GATEWAY_FAST_PATH ?? 'on', ...options.env },
  }).catch((error) => {
    upstream.process.kill('SIGKILL');
    throw error;
  });
  const sight = async (): Promise<UpstreamSight> => (await fetch(`${upstream.url}/state`)).json() as Promise<UpstreamSight>;
  return {
    installation,
    url: installation.urls.gateway,
    port: Number(new URL(installation.urls.gateway).port),
    upstreamUrl: upstream.url,
    sight,
    async seenFields() {
      return namedFields((await sight()).last?.rawHeaders ?? []);
    },
    issueToken: (api, tokenOptions) => issueToken(installation, api, tokenOptions),
    async restartUpstream() {
      const ended = new Promise((done) => upstream.process.once('exit', done));
      upstream.process.kill('SIGKILL');
      await ended;
      upstream = await startUpstream(new URL(upstream.url).port);
    },
    async stop() {
      await installation.stop();
      upstream.process.kill('SIGKILL');
    },
  };
}

export async function startUpstream(fixedPort = '0'): Promise<{ process: ChildProcess; url: string }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'upstream.mjs')], {
    env: { ...process.env, UPSTREAM_PORT: fixedPort },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const port = await new Promise<string>((done) =>
    child.stdout?.once('data', (line: Buffer) => done(String(line).split(' ')[1] as string)),
  );
  return { process: child, url: `http://127.0.0.1:${port.trim()}` };
}

export async function issueToken(
  installation: Pick<TestInstallation, 'sql'>,
  api: string,
  { scopes = [], person, ttl = 3_600 }: TokenOptions = {},
): Promise<string> {
  const token = newToken('accessToken');
  const subscription = `(SELECT id FROM subscription WHERE application_id = 'shop' AND api_id = '${api}')`;
  const scopeArray = `'{${scopes.join(',')}}'::text[]`;
  const family = person
    ? `WITH family AS (INSERT INTO token_family (subscription_id, user_id, auth_method_id, scopes)
       SELECT ${subscription}, u.id, 'local', ${scopeArray} FROM user_account u WHERE u.email = '${person}' RETURNING id)`
    : '';
  await installation.sql(`${family} INSERT INTO access_token (hash, subscription_id, family_id, auth_method_id, scopes, expires_at)
    VALUES ('\\x${hashToken(token).toString('hex')}', ${subscription}, ${person ? '(SELECT id FROM family)' : 'NULL'}, 'local', ${scopeArray},
    now() + interval '${ttl} seconds')`);
  return token;
}

export function namedFields(raw: readonly string[]): Record<string, string> {
  const fields: Record<string, string> = {};
  for (let i = 0; i < raw.length; i += 2) {
    const name = (raw[i] as string).toLowerCase();
    fields[name] = fields[name] === undefined ? (raw[i + 1] as string) : `${fields[name]} | ${raw[i + 1]}`;
  }
  return fields;
}

/** A client of bare bytes. */
export interface RawClient {
  readonly socket: Socket;
  /** Everything received so far. */
  received(): string;
  send(text: string): void;
  /** Resolves once the received text matches. */
  waitFor(pattern: RegExp): Promise<string>;
  /** Resolves with everything received when the connection ended, and how. */
  readonly closed: Promise<{ text: string; error: string | null }>;
}

export function rawClient(port: number): RawClient {
  const socket = connect(port, 'localhost');
  let text = '';
  let error: string | null = null;
  const waiting = new Set<() => void>();
  socket.on('data', (part) => {
    text += part.toString('latin1');
    for (const check of waiting) check();
  });
  socket.on('error', (fault: NodeJS.ErrnoException) => {
    error = fault.code ?? fault.message;
  });
  const closed = new Promise<{ text: string; error: string | null }>((done) => socket.on('close', () => done({ text, error })));
  return {
    socket,
    closed,
    received: () => text,
    send: (bytes) => void socket.write(bytes, 'latin1'),
    waitFor: (pattern) =>
      new Promise((done, failed) => {
        const timer = setTimeout(() => failed(new Error(`Not received: ${pattern}. Received: ${JSON.stringify(text)}`)), 40_000);
        const check = (): void => {
          if (!pattern.test(text)) return;
          clearTimeout(timer);
          waiting.delete(check);
          done(text);
        };
        waiting.add(check);
        void closed.then(check);
        check();
      }),
  };
}

/** Sends one request of bare bytes, and reads until the connection ends. */
export async function rawExchange(port: number, request: string): Promise<string> {
  const client = rawClient(port);
  client.send(request);
  const { text } = await client.closed;
  return text;
}
