import { spawn, spawnSync } from 'node:child_process';
import { createServer } from 'node:net';
import { cpus } from 'node:os';

export const PROXY_CORE = '0';
export const LOAD_CORE = '1';

export function has(command) {
  return spawnSync('sh', ['-c', `command -v ${command}`]).status === 0;
}

const pins = has('taskset') && cpus().length > 1;
if (!pins) console.log('Not pinned to cores (needs taskset and two cores): figures are rougher.');

/** The command line that runs a command on one core. */
export function pinned(core, command, args) {
  return pins ? ['taskset', ['-c', core, command, ...args]] : [command, args];
}

const children = new Set();

/** Starts a long-running process on one core; `stopAll` ends it. */
export function startPinned(core, command, args, options = {}) {
  const [file, parameters] = pinned(core, command, args);
  const child = spawn(file, parameters, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  children.add(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => (output += part));
  child.on('exit', (code) => {
    if (code) console.error(`bench: ${command} ended with ${code}:\n${output}`);
  });
  return child;
}

let cleanUps = [];

/** Has something done once every process has ended. */
export function atStop(cleanUp) {
  cleanUps.push(cleanUp);
}

/** Ends every process that was started, also those that never served. */
export async function stopAll() {
  await Promise.all([...children].map((child) => stopProcess(child)));
  const due = cleanUps;
  cleanUps = [];
  for (const cleanUp of due) await cleanUp();
}

/** What a process may take to end before it is killed (milliseconds). */
const STOP_MS = 20_000;

export function stopProcess(child, signal = 'SIGTERM') {
  return new Promise((done) => {
    if (child.exitCode !== null || child.signalCode !== null) return done();
    const impatience = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    child.once('exit', () => {
      clearTimeout(impatience);
      done();
    });
    return child.kill(signal);
  });
}

export function freePort() {
  return new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });
}

/** Waits until something answers at a URL. */
export async function untilServing(url, seconds = 120) {
  const end = Date.now() + seconds * 1_000;
  for (;;) {
    try {
      await fetch(url);
      return;
    } catch (error) {
      if (Date.now() > end) throw new Error(`Nothing answers at ${url}: ${error.cause ?? error}`);
      await new Promise((done) => setTimeout(done, 100));
    }
  }
}
