/** Installs and builds what is missing or older than its sources, so that `npm start` and `npm test` work on a fresh clone. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const [major, minor] = process.versions.node.split('.').map(Number);

function run(what, args) {
  console.log(`gatehouse: ${what} …`);
  const npm = process.env.npm_execpath;
  const [command, first] = npm ? [process.execPath, [npm]] : ['npm', []];
  const { status } = spawnSync(command, [...first, ...args], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: !npm && process.platform === 'win32',
  });
  if (status !== 0) {
    console.error(`gatehouse: ${what} failed (npm ${args.join(' ')}). The lines above say why.`);
    process.exit(1);
  }
}

const changedAt = (file) => (existsSync(join(root, file)) ? statSync(join(root, file)).mtimeMs : 0);

/** Newest change below the folders that the build reads. */
function newestSource() {
  let newest = Math.max(changedAt('tsconfig.json'), changedAt('tsconfig.build.json'), changedAt('package.json'));
  for (const folder of ['apps', 'libs', 'migrations']) {
    for (const file of readdirSync(join(root, folder), { recursive: true })) {
      if (/\.tsx?$/.test(file)) newest = Math.max(newest, changedAt(join(folder, file)));
    }
  }
  return newest;
}

/** Brings node_modules and dist up to date. Quick where nothing is to do. */
export function prepare() {
  if (major < 20 || (major === 20 && minor < 19)) {
    console.error(`gatehouse: needs Node 20.19 or newer; this is ${process.version}.`);
    process.exit(1);
  }
  if (changedAt('node_modules/.package-lock.json') < changedAt('package-lock.json')) {
    run('installing packages (the first time takes a minute)', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
  }
  if (changedAt('dist/.built') < newestSource()) {
    rmSync(join(root, 'dist'), { recursive: true, force: true });
    run('building', ['run', '--silent', 'build']);
    writeFileSync(join(root, 'dist/.built'), '');
  }
}
