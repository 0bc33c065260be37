import cluster from 'node:cluster';
import { runApp } from '#installation/run-app.js';
import { runWorker } from './cluster/run-worker.js';
import { startWorkers } from './cluster/start-workers.js';
import { WORKER_VARIABLE } from './cluster/workers.js';
import { ownParts, serveGateway } from './start.js';

/** Runs the gateway as a process, or as several (GATEWAY_WORKERS): a primary that starts the others, and workers that serve. */
export async function runGateway(): Promise<void> {
  if (cluster.isWorker) return runWorker(Number(process.env[WORKER_VARIABLE]));
  return runApp({
    name: 'gateway',
    survives: true,
    start: [
      (installation) =>
        installation.environment.gatewayWorkers > 1 ? startWorkers(installation) : serveGateway(installation, ownParts('1')),
    ],
  });
}
