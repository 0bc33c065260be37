/**
 * `node scripts/test.mjs <suite>… -- [jest options and patterns]`: installs and builds what is missing, then runs the suites (unit, e2e,
 * browser, counterpart). They use the embedded database, or the PostgreSQL server that DATABASE_URL names.
 */
import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { prepare } from './prepare.mjs';

prepare();
const root = join(import.meta.dirname, '..');
const words = process.argv.slice(2);
const end = words.indexOf('--');
const suites = words.slice(0, end);
// Patterns come first: `--selectProjects` would take them for names of suites.
const jest = [join(root, 'node_modules/jest/bin/jest.js'), ...words.slice(end + 1), '--selectProjects', ...suites];
// End-to-end suites wait more than they compute: two at a time also where there are two cores.
const workers = Math.max(2, Math.floor(availableParallelism() / 2));
const { status } = spawnSync(process.execPath, ['--experimental-vm-modules', '--no-warnings', ...jest, `--maxWorkers=${workers}`], {
  cwd: root,
  stdio: 'inherit',
});
process.exit(status ?? 1);
