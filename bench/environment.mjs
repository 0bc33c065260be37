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

/**
 * Whether threads may run before everything else on their core, and a core be kept from resting. Both take rights that not everyone has. Where times
 * of single calls are measured, a machine that does other work now and then, or a virtual core that takes its time to wake up, would be all that they tell of.
 */
export const undisturbed = pins && spawnSync('chrt', ['-f', '1', 'true']).status === 0;

/** The command line that runs a command's first thread before everything else on one core. */
export function pinnedFirst(core, command, args) {
  const [file, parameters] = undisturbed ? ['chrt', ['-f', '1', command, ...args]] : [command, args];
  return pinned(core, file, parameters);
}

/** Lets the first thread of a process run before everything else on its core. */
export function runFirst(pid) {
  if (undisturbed) spawnSync('chrt', ['-f', '-p', '1', String(pid)]);
}

/** Keeps both cores from resting, with work that gives way to all other work. */
export function keepAwake() {
  if (!undisturbed) return;
  for (const core of [PROXY_CORE, LOAD_CORE]) startPinned(core, 'chrt', ['-i', '0', 'sh', '-c', 'while :; do :; done']);
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
