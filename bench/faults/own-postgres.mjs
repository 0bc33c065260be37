/** A PostgreSQL server of our own, to be stopped and ended: data in a folder, on a port of its own. Needs its server programs. */
import { execFileSync, spawn } from 'node:child_process';
import { chownSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { freePort, has } from '../environment.mjs';

const DEBIAN = '/usr/lib/postgresql';
const START_BUDGET_MS = 60_000;

export async function startOwnPostgres(folder) {
  const programs = programFolder();
  const data = join(folder, 'postgres');
  const port = await freePort();
  mkdirSync(data, { mode: 0o700 });
  // It refuses to run as root.
  const owner = process.getuid() === 0 ? { uid: idOf('-u'), gid: idOf('-g') } : {};
  if (owner.uid !== undefined) chownSync(data, owner.uid, owner.gid);
  execFileSync(join(programs, 'initdb'), ['-D', data, '-U', 'postgres', '-A', 'trust'], { ...owner, cwd: '/', stdio: 'ignore' });
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  let server;
  const start = async () => {
    const options = ['-p', port, '-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories='];
    server = spawn(join(programs, 'postgres'), ['-D', data, ...options], { ...owner, cwd: '/', stdio: 'ignore' });
    const end = Date.now() + START_BUDGET_MS;
    while (!(await answers(url))) {
      if (Date.now() > end || server.exitCode !== null) throw new Error('PostgreSQL did not start.');
      await delay(100);
    }
  };
  await start();
  return {
    url,
    start,
    /** Everything of it stands still: connections stay open, nothing is answered. */
    freeze: () => signalAll(server.pid, 'SIGSTOP'),
    thaw: () => signalAll(server.pid, 'SIGCONT'),
    /** Ends all sessions at once, and itself: a fast shutdown. */
    async stop() {
      if (server.exitCode !== null || server.signalCode !== null) return;
      const ended = new Promise((done) => server.once('exit', done));
      signalAll(server.pid, 'SIGCONT');
      server.kill('SIGINT');
      await ended;
    },
  };
}

function programFolder() {
  if (has('initdb')) return '';
  const [newest] = readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a));
  return join(DEBIAN, newest, 'bin');
}

function idOf(flag) {
  return Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
}

function signalAll(pid, signal) {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  for (const one of [pid, ...children.split(' ').filter(Boolean).map(Number)]) process.kill(one, signal);
}

async function answers(connectionString) {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 1_000 });
  try {
    await client.connect();
    await client.end();
    return true;
  } catch {
    return false;
  }
}
