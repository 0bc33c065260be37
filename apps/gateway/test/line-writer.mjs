/** Writes lines to its standard output in the access log's way: `line-writer.mjs <name> <lines> <most characters> <blocking|non-blocking>`. */
import { LineDestination } from '../../../dist/apps/gateway/src/record/line-destination.js';

const [name, lines, most, mode] = process.argv.slice(2);
// Node makes a pipe non-blocking, for all that share it, once it has a stream of it.
if (mode === 'non-blocking') void process.stdout;
const destination = new LineDestination(null);
let batch = '';
for (let i = 0; i < Number(lines); i++) {
  batch += `${JSON.stringify({ name, i, filler: 'x'.repeat((i * 37) % Number(most)) })}\n`;
  if (batch.length < 60_000) continue;
  await destination.write(Buffer.from(batch));
  batch = '';
}
await destination.write(Buffer.from(batch));
