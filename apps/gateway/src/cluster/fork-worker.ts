import cluster, { type Worker } from 'node:cluster';

/**
 * Starts a worker process. Where the machine has none to give, for want of processes, memory or descriptors, Node throws, or gives a
 * worker that never had a process: that tells of an `error`, and of no end.
 * @returns null: there is no process; `onFailure` is told why, once
 */
export function forkWorker(variables: Record<string, string>, onFailure: (error: Error) => void): Worker | null {
  try {
    const worker = cluster.fork(variables);
    if (worker.process.pid !== undefined) return worker;
    worker.once('error', onFailure);
  } catch (error) {
    onFailure(error as Error);
  }
  return null;
}
