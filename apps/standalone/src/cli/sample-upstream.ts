import { startSampleUpstream } from '../sample-upstream.js';

/** `gatehouse sample-upstream`: serves the shop of the example config until a signal ends it. */
export async function runSampleUpstream(variables: NodeJS.ProcessEnv): Promise<undefined> {
  const upstream = await startSampleUpstream(Number(variables.SAMPLE_UPSTREAM_PORT || 8090));
  process.stdout.write(`The sample upstream serves on port ${upstream.port}\n`);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => upstream.stop().then(() => process.exit(0)));
}
