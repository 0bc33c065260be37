/** A PostgreSQL server of our own, to be stopped and ended: data in a folder, on a port of its own. Needs its server programs. */
import { execFileSync, spawn } from 'node:child_process';
import { chownSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { freePort, has } from '../environment.mjs';
import { wait } from './interruption.mjs';

const DEBIAN = '/usr/lib/postgresql';
const START_BUDGET_MS = 60_000;

/** Makes its data; `start` runs it. */
export async function makeOwnPostgres(folder) {
  const programs = programFolder();
  const data = join(folder, 'postgres');
  const port = await freePort();
  mkdirSync(data, { mode: 0o700 });
  // It refuses to run as root.
  const owner = process.getuid() === 0 ? { uid: idOf('-u'), gid: idOf('-g') } : {};
  if (owner.uid !== undefined) chownSync(data, owner.uid, owner.gid);
  execFileSync(join(programs, 'initdb'), ['-D', data, '-U', 'postgres', '-A', 'trust'], { ...owner, cwd: '/', stdio: 'ignore' });
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  let server = null;
  const runs = () => server !== null && server.exitCode === null && server.signalCode === null;
  const end = async (signal) => {
    if (!runs()) return;
    const ended = new Promise((done) => server.once('exit', done));
    signalAll(server.pid, 'SIGCONT');
    server.kill(signal);
    await ended;
  };
  return {
    url,
    async start() {
      const options = ['-p', port, '-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories='];
      const latest = Date.now() + START_BUDGET_MS;
      do {
        if (Date.now() > latest) throw new Error('PostgreSQL did not start.');
        await wait(100);
        // After a kill it does not start until the last of its sessions has noticed.
        if (!runs()) server = spawn(join(programs, 'postgres'), ['-D', data, ...options], { ...owner, cwd: '/', stdio: 'ignore' });
      } while (!(await answers(url)));
    },
    /** Everything of it stands still: connections stay open, nothing is answered. */
    freeze: () => signalAll(server.pid, 'SIGSTOP'),
    thaw: () => signalAll(server.pid, 'SIGCONT'),
    kill: () => end('SIGKILL'),
    /** Ends all sessions at once, and itself, frozen or not: a fast shutdown. */
    stop: () => end('SIGINT'),
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
  // The one that starts sessions first: none begins meanwhile.
  process.kill(pid, signal);
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  for (const child of children.split(' ').filter(Boolean).map(Number)) {
    try {
      process.kill(child, signal);
    } catch (error) {
      if (error.code !== 'ESRCH') throw error;
    }
  }
}

async function answers(connectionString) {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 1_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.end();
    return true;
  } catch {
    return false;
  }
}
