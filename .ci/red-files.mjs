/** `node red-files.mjs <jest report>`: the test files that failed, one a line, relative to the repository. */
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';

const report = JSON.parse(readFileSync(process.argv[2], 'utf8'));
for (const { name, status } of report.testResults) {
  if (status === 'failed') process.stdout.write(`${relative(process.cwd(), name)}\n`);
}
