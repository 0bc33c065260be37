/**
 * The embedded database, in a thread of its own: PGlite computes in WebAssembly and would otherwise hold up every call that the
 * process serves. It is reached over a socket, by the same driver as a real server.
 */

import { parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';
import type { EmbeddedWorkerMessage, EmbeddedWorkerStart } from './embedded-database.js';

const port = parentPort;
if (!port) throw new Error('embedded-worker runs as a worker thread');
const tell = (message: EmbeddedWorkerMessage): void => port.postMessage(message);
const start = workerData as EmbeddedWorkerStart;

const db = await PGlite.create(start.folder);

if (start.task === 'create') {
  await db.close();
  process.exit(0);
}

// A throw in here would stop the socket server's queue for good, without a word: tell the process, which ends with a clear line.
const runProtocol = db.execProtocolRawStream.bind(db);
db.execProtocolRawStream = async (...call) => {
  try {
    await runProtocol(...call);
  } catch (error) {
    tell({ event: 'failed', message: error instanceof Error ? error.message : String(error) });
    throw error;
  }
};

const server = new PGLiteSocketServer({ db, ...start.listen, maxConnections: 4 });
await server.start();
tell({ event: 'listening' });

port.once('message', async () => {
  await server.stop();
  await db.close();
  port.close();
});
