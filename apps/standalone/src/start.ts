/** Standalone: the three apps in one process, beside the sample upstream where the config calls it. */
import type { Installation, RunningApp, StartApp } from '#installation/installation.js';
import { runApp } from '#installation/run-app.js';
import { startAuthServer } from '../../auth-server/src/start.js';
import { startGateway } from '../../gateway/src/start.js';
import { startPortal } from '../../portal/src/start.js';
import { startSampleUpstream } from './sample-upstream.js';
import { printWelcome } from './welcome.js';

const DEFAULT_SAMPLE_PORT = 8090;

/** @param variables the process's environment */
export function startStandalone(variables: NodeJS.ProcessEnv): Promise<void> {
  const samplePort = Number(variables.SAMPLE_UPSTREAM_PORT || DEFAULT_SAMPLE_PORT);
  const sampleUrl = `http://127.0.0.1:${samplePort}`;

  /** Serves the sample upstream where an API's upstream is it. */
  const startSample: StartApp = async ({ registry }: Installation): Promise<RunningApp> => {
    const targets = [...registry.snapshot.apis.values()].flatMap((api) => api.upstream.targets);
    if (!targets.some((target) => target.url.startsWith(sampleUrl))) return { stop: async () => undefined };
    return startSampleUpstream(samplePort);
  };

  return runApp({
    name: 'standalone',
    standalone: true,
    variables: { SAMPLE_UPSTREAM_URL: sampleUrl, ...variables },
    start: [startSample, startAuthServer, startPortal, startGateway],
    onReady: printWelcome,
  });
}
