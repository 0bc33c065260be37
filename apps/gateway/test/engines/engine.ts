/** Engines in front of a gateway, each by the configuration in deploy/engines with ports and paths of the test's own. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { freePorts } from '../../../../test/harness/free-port.js';
import { until } from '../../../../test/harness/installation.js';

const DEPLOYED = resolve(import.meta.dirname, '../../../../deploy/engines');

export type EngineName = 'nginx' | 'haproxy' | 'caddy';

export interface Engine {
  readonly url: string;
  readonly port: number;
  /** Text of a file that it wrote into its folder. */
  written(file: string): string;
  /** Texts of all files below a folder of its folder. */
  kept(below: string): string[];
  stop(): Promise<void>;
}

export interface EngineSurroundings {
  /** Of the gateway's internal port. */
  readonly gateway: string;
  /** API → `host:port` of its server. */
  readonly upstreams: Readonly<Record<string, string>>;
}

interface EngineKind {
  /** Texts of the deployed files that a test changes. */
  readonly changes: (folder: string, port: number, gateway: string) => Readonly<Record<string, readonly [string, string][]>>;
  readonly upstreams: { readonly file: string; readonly write: (api: string, server: string) => string };
  readonly command: (folder: string) => readonly [string, readonly string[]];
  readonly extra?: (folder: string) => Readonly<Record<string, string>>;
}

const KINDS: Readonly<Record<EngineName, EngineKind>> = {
  nginx: {
    changes: (folder, port, gateway) => ({
      'gatehouse.conf': [
        ['listen 8000', `listen 127.0.0.1:${port}`],
        ['127.0.0.1:8001', gateway],
        ['/dev/shm/gatehouse', join(folder, 'kept')],
        ['/var/log/nginx/gatehouse.log', join(folder, 'access.log')],
      ],
    }),
    upstreams: { file: 'upstreams.conf', write: (api, server) => `upstream ${api} { server ${server}; keepalive 8; }\n` },
    // One process: workers of a master that root started would be another user's.
    extra: (folder) => ({
      'nginx.conf': `daemon off; master_process off; pid ${folder}/pid; error_log ${folder}/error.log;
        events { worker_connections 512; }
        http { ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`).join(' ')}
          include gatehouse.conf; include upstreams.conf; }`,
    }),
    command: (folder) => ['nginx', ['-e', `${folder}/error.log`, '-p', folder, '-c', `${folder}/nginx.conf`]],
  },
  haproxy: {
    changes: (folder, port, gateway) => ({
      'haproxy.cfg': [
        ['bind :8000', `bind 127.0.0.1:${port}`],
        ['127.0.0.1:8001', gateway],
        ['lua-load gatehouse.lua', `lua-load ${folder}/gatehouse.lua`],
      ],
    }),
    upstreams: { file: 'upstreams.cfg', write: (api, server) => `backend ${api}\n  server ${api}1 ${server}\n` },
    command: (folder) => ['haproxy', ['-db', '-f', `${folder}/haproxy.cfg`, '-f', `${folder}/upstreams.cfg`]],
  },
  caddy: {
    changes: (_folder, port, gateway) => ({
      Caddyfile: [
        ['http://:8000', `http://:${port}`],
        ['127.0.0.1:8001', gateway],
      ],
    }),
    upstreams: { file: 'upstreams.caddy', write: (api, server) => `import upstream ${api} ${server}\n` },
    command: (folder) => ['caddy', ['run', '--adapter', 'caddyfile', '--config', `${folder}/Caddyfile`]],
  },
};

export function installed(command: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${command}`]).status === 0;
}

export async function startEngine(name: EngineName, { gateway, upstreams }: EngineSurroundings): Promise<Engine> {
  const kind = KINDS[name];
  const folder = mkdtempSync(join(tmpdir(), `gatehouse-${name}-`));
  cpSync(join(DEPLOYED, name), folder, { recursive: true });
  const [port] = (await freePorts(1)) as [number];
  for (const [file, changes] of Object.entries(kind.changes(folder, port, gateway))) {
    const text = changes.reduce((before, [from, to]) => replaceOnly(before, from, to, file), readFileSync(join(folder, file), 'utf8'));
    writeFileSync(join(folder, file), text);
  }
  const servers = Object.entries(upstreams).map(([api, server]) => kind.upstreams.write(api, server));
  writeFileSync(join(folder, kind.upstreams.file), servers.join(''));
  for (const [file, text] of Object.entries(kind.extra?.(folder) ?? {})) writeFileSync(join(folder, file), text);

  const [command, parameters] = kind.command(folder);
  const child = spawn(command, parameters, { env: { ...process.env, HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder } });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (part: Buffer) => (output += part));
  const url = `http://127.0.0.1:${port}`;
  const stop = async (): Promise<void> => {
    await endProcess(child);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await until(async () => {
      if (child.exitCode !== null) throw new Error(`${name} ended with ${child.exitCode}:\n${output}`);
      return await fetch(url).then(
        () => true,
        () => false,
      );
    }, `${name} serves`);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url,
    port,
    written: (file) => readFileSync(join(folder, file), 'utf8'),
    kept: (below) =>
      readdirSync(join(folder, below), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1')),
    stop,
  };
}

/** A configuration that no longer has what a test would change is not the one that is tested. */
export function replaceOnly(text: string, from: string, to: string, file: string): string {
  const parts = text.split(from);
  if (parts.length !== 2) throw new Error(`${file} has "${from}" ${parts.length - 1} times, not once.`);
  return parts.join(to);
}

export function endProcess(child: ChildProcess): Promise<void> {
  return new Promise((done) => {
    if (child.exitCode !== null || child.signalCode !== null) return done();
    child.once('exit', () => done());
    child.kill('SIGKILL');
    return undefined;
  });
}
