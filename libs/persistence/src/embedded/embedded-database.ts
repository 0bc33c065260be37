/**
 * Starts and stops the embedded database (PGlite) for standalone use. Its socket stands in a folder that only this user may
 * enter, at a path derived from the data folder: who holds the socket owns the data, so two processes never share one folder.
 */
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { DatabaseAddress } from '../schema/data-source.js';

export type EmbeddedWorkerStart =
  | { readonly task: 'create'; readonly folder: string }
  | { readonly task: 'serve'; readonly folder: string; readonly listen: SocketPlace };

type SocketPlace = { readonly path: string } | { readonly host: string; readonly port: number };

export type EmbeddedWorkerMessage = { readonly event: 'listening' } | { readonly event: 'failed'; readonly message: string };

export interface EmbeddedDatabase {
  readonly address: DatabaseAddress;
  close(): Promise<void>;
}

/** Thrown where the folder cannot serve; the message says what to do. */
export class EmbeddedDatabaseError extends Error {
  override readonly name = 'EmbeddedDatabaseError';
}

/** The embedded database serves one connection at a time. */
const POOL_SIZE = 1;
/** A file that every PostgreSQL data folder has. */
const MARK = 'PG_VERSION';
/** Named so by PostgreSQL's clients: `.s.PGSQL.<port>` in the folder given as host. */
const SOCKET_PORT = 5432;
const SOCKET_NAME = `.s.PGSQL.${SOCKET_PORT}`;

/**
 * @param folder where the data lives; made when missing
 * @param onFailure the database broke while running; nothing can be stored any more
 * @throws EmbeddedDatabaseError when another process has the folder, or it cannot be written
 */
export async function startEmbeddedDatabase(folder: string, onFailure: (message: string) => void): Promise<EmbeddedDatabase> {
  const path = resolve(folder);
  makeDataFolder(path);
  const socketFolder = process.platform === 'win32' ? undefined : await claimSocketFolder(path);
  // A folder as host means the unix socket of that port in it.
  const server = socketFolder ? { host: socketFolder, port: SOCKET_PORT } : { host: '127.0.0.1', port: await freePort() };
  const listen = socketFolder ? { path: join(socketFolder, SOCKET_NAME) } : server;
  if (!existsSync(join(path, MARK))) await createDatabase(path);
  const worker = startWorker({ task: 'serve', folder: path, listen });
  await untilListening(worker, path);
  worker.on('error', (error) => onFailure(error.message));
  worker.on('message', (message: EmbeddedWorkerMessage) => {
    if (message.event === 'failed') onFailure(message.message);
  });

  return {
    address: { server, poolSize: POOL_SIZE },
    close: () => closeWorker(worker, socketFolder),
  };
}

function makeDataFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new EmbeddedDatabaseError(
      `Cannot make the data folder ${path} (${(error as NodeJS.ErrnoException).code}). Set GATEHOUSE_DATA to a folder that can be written.`,
    );
  }
}

/**
 * Makes a new database beside its place and moves it there whole: a start that is killed halfway leaves nothing half made. A thread
 * of its own does it, since making one takes far more memory than serving it, and only the thread's end gives that back.
 */
async function createDatabase(path: string): Promise<void> {
  const unfinished = `${path}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { mode: 0o700 });
  const worker = startWorker({ task: 'create', folder: unfinished });
  await new Promise<void>((done, failed) => {
    const explain = (reason: string): void =>
      failed(
        new EmbeddedDatabaseError(
          `The embedded database could not be made in ${path}: ${reason}. Set GATEHOUSE_DATA to a folder with space.`,
        ),
      );
    worker.once('error', (error) => explain(error.message));
    worker.once('exit', (code) => (code === 0 ? done() : explain(`it ended with ${code}`)));
  });
  rmSync(path, { recursive: true, force: true });
  renameSync(unfinished, path);
}

function startWorker(workerData: EmbeddedWorkerStart): Worker {
  return new Worker(new URL('./embedded-worker.js', import.meta.url), { workerData });
}

function untilListening(worker: Worker, path: string): Promise<void> {
  return new Promise((done, failed) => {
    const explain = (message: string): void =>
      failed(
        new EmbeddedDatabaseError(
          `The embedded database in ${path} did not start: ${message}. Mend or move that folder, or set GATEHOUSE_DATA.`,
        ),
      );
    worker.once('message', (message: EmbeddedWorkerMessage) => (message.event === 'listening' ? done() : explain(message.message)));
    worker.once('error', (error) => explain(error.message));
  });
}

async function closeWorker(worker: Worker, socketFolder: string | undefined): Promise<void> {
  const exited = new Promise<void>((done) => worker.once('exit', () => done()));
  worker.postMessage('close');
  await exited;
  if (socketFolder) rmSync(socketFolder, { recursive: true, force: true });
}

/** Makes the private folder of the socket; refuses where another process answers there. */
async function claimSocketFolder(dataFolder: string): Promise<string> {
  const name = createHash('sha256').update(dataFolder).digest('hex').slice(0, 16);
  const folder = join(tmpdir(), `gatehouse-${userInfo().uid}-${name}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (statSync(folder).uid !== userInfo().uid) throw new EmbeddedDatabaseError(`${folder} belongs to another user; remove it.`);
  chmodSync(folder, 0o700);
  const socket = join(folder, SOCKET_NAME);
  if (await answers(socket)) {
    throw new EmbeddedDatabaseError(
      `The data folder ${dataFolder} is in use by another Gatehouse. Stop that one, or set GATEHOUSE_DATA to another folder.`,
    );
  }
  // What a killed process left behind.
  rmSync(socket, { force: true });
  return folder;
}

function answers(path: string): Promise<boolean> {
  return new Promise((done) => {
    const probe = connect(path);
    probe.once('connect', () => {
      probe.destroy();
      done(true);
    });
    probe.once('error', () => done(false));
  });
}

/** Where there are no unix sockets. */
function freePort(): Promise<number> {
  return new Promise((done, failed) => {
    const server = createServer().once('error', failed);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => done(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
