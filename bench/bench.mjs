/**
 * The benchmarks; each file says what it measures and takes.
 *
 *   npm run bench -- tokens [options]        what a token costs (tokens/run.mjs)
 *   npm run bench -- scale [options]         a million live tokens (scale.mjs)
 *   npm run bench -- [variant…] [options]    what a call costs (run.mjs)
 */
const BENCHMARKS = { tokens: './tokens/run.mjs', scale: './scale.mjs' };

const name = process.argv[2];
if (Object.hasOwn(BENCHMARKS, name ?? '')) {
  process.argv.splice(2, 1);
  await import(BENCHMARKS[name]);
} else {
  await import('./run.mjs');
}
