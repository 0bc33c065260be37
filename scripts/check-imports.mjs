/**
 * Import direction, checked: every folder below may import only what its row names, and no file may take part in a cycle.
 * Exits 1 with one line per fault.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import ts from 'typescript';

/** part → the parts it may import. Libs stand from the ground up; apps import libs, and only standalone composes apps. */
const MAY_IMPORT = {
  'libs/http': [],
  'libs/secrets': [],
  'libs/process': [],
  'libs/call-out': [],
  'libs/plugins': ['libs/http'],
  'libs/auth-methods': ['libs/secrets'],
  'libs/config': ['libs/http', 'libs/secrets', 'libs/plugins', 'libs/auth-methods'],
  migrations: [],
  'libs/persistence': ['migrations', 'libs/secrets', 'libs/config'],
  'libs/signing': ['libs/process', 'libs/secrets', 'libs/config', 'libs/persistence'],
  'libs/ui': ['libs/http', 'libs/config'],
  'libs/installation': ['libs/call-out', 'libs/process', 'libs/secrets', 'libs/config', 'libs/persistence'],
  'apps/auth-server': ['libs/*'],
  'apps/gateway': ['libs/*'],
  'apps/portal': ['libs/*'],
  'apps/standalone': ['libs/*', 'apps/auth-server', 'apps/gateway', 'apps/portal'],
};
/** All that standalone may name of another app: how it starts in this process, and how it runs as processes of its own. */
const APP_FACE = /^apps\/[a-z-]+\/src\/(start|run)\.ts$/;

const root = normalize(join(import.meta.dirname, '..'));
const isTest = (file) => /\.(spec|e2e-spec|browser-spec)\.tsx?$|\/test\//.test(file);
const files = ['apps', 'libs', 'migrations']
  .flatMap((folder) => readdirSync(join(root, folder), { recursive: true }).map((file) => join(folder, file)))
  .filter((file) => /\.tsx?$/.test(file) && !isTest(file) && !file.includes('node_modules'));
const known = new Set(files);
const partOf = (file) => (file.startsWith('migrations') ? 'migrations' : file.split('/').slice(0, 2).join('/'));

/** Turns an import's text into the source file it names; null: a package. */
function resolveImport(from, text) {
  let path;
  if (text.startsWith('#migrations/')) path = join('migrations', text.slice('#migrations/'.length));
  else if (text.startsWith('#')) path = text.replace(/^#([a-z-]+)\/(.*)$/, 'libs/$1/src/$2');
  else if (text.startsWith('.')) path = relative(root, join(root, dirname(from), text));
  else return null;
  const stem = path.replace(/\.js$/, '');
  return [`${stem}.ts`, `${stem}.tsx`].find((file) => known.has(file)) ?? path;
}

const faults = [];
const graph = new Map();
for (const file of files) {
  const imports = ts.preProcessFile(readFileSync(join(root, file), 'utf8'), true, true).importedFiles.map((entry) => entry.fileName);
  const targets = imports.map((text) => [text, resolveImport(file, text)]).filter(([, target]) => target !== null);
  graph.set(
    file,
    targets.map(([, target]) => target),
  );
  const part = partOf(file);
  const allowed = MAY_IMPORT[part];
  if (!allowed) faults.push(`${file}: ${part} has no row in scripts/check-imports.mjs`);
  for (const [text, target] of targets) {
    const other = partOf(target);
    if (other === part) {
      if (text.startsWith('#')) faults.push(`${file}: imports its own lib as ${text}; use a relative path`);
      continue;
    }
    if (!allowed?.some((entry) => entry === other || (entry.endsWith('/*') && other.startsWith(entry.slice(0, -1))))) {
      faults.push(`${file}: ${part} must not import ${other} (${text})`);
    } else if (other.startsWith('apps/') && !APP_FACE.test(target)) {
      faults.push(`${file}: of ${other} only src/start.ts and src/run.ts may be imported (${text})`);
    } else if (text.startsWith('.') && !other.startsWith('apps/')) {
      faults.push(`${file}: reaches into ${other} by a relative path (${text})`);
    }
  }
}

/** Depth-first search; a file met again on the way down closes a cycle. */
const state = new Map();
function visit(file, path) {
  if (state.get(file) === 'done') return;
  if (state.get(file) === 'open') {
    faults.push(`cycle: ${[...path.slice(path.indexOf(file)), file].join(' -> ')}`);
    return;
  }
  state.set(file, 'open');
  for (const target of graph.get(file) ?? []) visit(target, [...path, file]);
  state.set(file, 'done');
}
for (const file of files) visit(file, []);

for (const fault of faults) console.error(fault);
console.log(`${files.length} files, ${faults.length} import faults`);
process.exit(faults.length > 0 ? 1 : 0);
